/** The rules of profiles that FHIR R4 itself does not have, by the names that findings give them. */
export const profileRules = {
  fixed: 'a value is exactly the one that a profile fixes',
  pattern: 'a value has at least what the pattern of a profile has',
  slicing: 'where a profile lists all slices of an element, it has no other items, or has them at the end',
  maxLength: 'a text is no longer than a profile allows',
  minValue: 'a value is not less than a profile allows',
  maxValue: 'a value is not more than a profile allows',
  'resource-type': 'a resource within another is of a type that a profile allows there',
  'profile-type': 'a resource claims profiles on its own type alone',
} as const
