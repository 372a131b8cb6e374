/** The rules of profiles that FHIR R4 itself does not have, by the names that findings give them. */
export const profileRules = {
  fixed: 'a value is exactly the one that a profile fixes',
  pattern: 'a value has at least what the pattern of a profile has',
  slicing: 'where a profile lists all slices of an element, it has no other items',
  'profile-type': 'a resource claims profiles on its own type alone',
} as const

/** Something that a profile asks and that cannot be told offline. */
export interface NotChecked {
  /** `url|version` of the profile. */
  readonly profile: string
  /** The element, as its profile calls it: `Observation.category:us-core`. */
  readonly path: string
  /** The value set, the key of the invariant, or the rule. */
  readonly what: string
  /** Completes "is not checked, because …". */
  readonly because: string
}
