/** The rules of profiles that FHIR R4 itself does not have, by the names that findings give them. */
export const profileRules = {
  fixed: 'a value is exactly the one that a profile fixes',
  pattern: 'a value has at least what the pattern of a profile has',
  slicing: 'where a profile lists all slices of an element, it has no other items',
  'profile-type': 'a resource claims profiles on its own type alone',
} as const
