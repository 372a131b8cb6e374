/** How the resources of an export use the profiles of FHIR packages. */
export interface ProfileCoverage {
  /** One row for each profile on a resource type in the packages. */
  readonly rows: readonly ProfileRow[]
  /** Sentences about claims of unknown profiles and about skipped definitions; absent if there would be none. */
  readonly notes?: readonly string[]
}

/** The use of one profile in the files of an export. */
export interface ProfileRow {
  readonly url: string
  readonly version: string
  readonly title: string
  readonly type: string
  /** Number of resources that claim the profile; `failed` of them do not conform to it. */
  readonly claimed: number
  readonly failed: number
  /** Number of resources that the profile was chosen for; `unmet` of them do not conform to it. */
  readonly chosen: number
  readonly unmet: number
  /** Must-support elements that occur and that do not occur, by the profile's names. */
  readonly seen: readonly string[]
  readonly notSeen: readonly string[]
  readonly notChecked: readonly UncheckedRule[]
}

/** A rule of a profile that cannot be checked offline. */
export interface UncheckedRule {
  /** `url|version` of the profile. */
  readonly profile: string
  /** The element, by the profile's name: `Observation.category:us-core`. */
  readonly path: string
  /** The value set, the key of the invariant, or the rule. */
  readonly what: string
  /** Completes "is not checked, because …". */
  readonly because: string
}
