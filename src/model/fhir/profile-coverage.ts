/** What an export shows of the profiles of FHIR packages. */
export interface ProfileCoverage {
  /** Every profile of a resource that a package has. */
  readonly rows: readonly ProfileRow[]
  /** Sentences on what no row can tell: claims of other profiles, and definitions that were passed over; absent if there are none. */
  readonly notes?: readonly string[]
}

/** What was seen of one profile of a FHIR package in the files of an export. */
export interface ProfileRow {
  readonly url: string
  readonly version: string
  readonly title: string
  readonly type: string
  /** Resources that claim it, and those of them that do not conform to it. */
  readonly claimed: number
  readonly failed: number
  /** Resources it was chosen for, and those of them that do not conform to it. */
  readonly chosen: number
  readonly unmet: number
  /** What must be supported, as the profile calls it. */
  readonly seen: readonly string[]
  readonly notSeen: readonly string[]
  readonly notChecked: readonly UncheckedRule[]
}

/** Something that a profile asks and that cannot be told offline. */
export interface UncheckedRule {
  /** `url|version` of the profile. */
  readonly profile: string
  /** The element, as its profile calls it: `Observation.category:us-core`. */
  readonly path: string
  /** The value set, the key of the invariant, or the rule. */
  readonly what: string
  /** Completes "is not checked, because …". */
  readonly because: string
}
