/** The rules that only profiles have, by their names in findings. */
export const profileRules = {
  fixed: 'a value equals the fixed value of the profile',
  pattern: 'a value contains everything that is in the pattern of the profile',
  slicing:
    'an element with closed slicing has only items in slices; one that is open at the end has other items only at the end; items of ordered slices are in their order',
  maxLength: 'a string is no longer than the profile allows',
  minValue: 'a value is at least the minimum of the profile',
  maxValue: 'a value is at most the maximum of the profile',
  aggregation:
    'the target of a reference is given as the profile says: contained, in the same Bundle, or elsewhere',
  'resource-type': 'a nested resource has a type that the profile allows there',
  'type-profile': 'a value conforms to one of the profiles that the profile allows there',
  'extension-part': 'an extension has only the parts that its definition has',
  'extension-context': 'an extension is used only where its definition allows it',
  'extension-modifier':
    'an extension that modifies its element is in `modifierExtension`, and no other extension is',
  'profile-type': 'a resource claims only profiles on its own type',
} as const
