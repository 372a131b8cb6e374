/** One way in which a resource is not what FHIR R4, or a profile, says. Never holds a value of the resource. */
export interface ResourceProblem {
  /**
   * The element, from the resource type on, in the names that JSON has for elements and without indices:
   * `Observation.component.valueQuantity.unit`; a choice element that is missing has its name with `[x]`. Names that no definition knows are left out: then it is the path of the object that has them.
   * Within contained resources it goes on with their type: `MedicationRequest.contained(Medication).code`.
   */
  readonly path: string
  /** A `StructureRule`, or the key of an invariant such as `obs-7`. */
  readonly rule: string
  /** What the definition asks there, for people: "a date (YYYY, YYYY-MM or YYYY-MM-DD)". */
  readonly expected: string
  /** What is there instead, described and never quoted: "a string in another form". */
  readonly actual: string
  /** The profile whose rule it is, `url|version`; absent for FHIR R4 itself. */
  readonly profile?: string
}

/** The rules on structure that are no invariants, by the names that findings give them. */
export const structureRules = {
  'resource-type': 'a resource, at the root or contained, names a resource type of FHIR R4 in resourceType',
  'unknown-element': 'an object has no other elements than its type defines',
  min: 'elements that must be there are there, choice elements in one of their types',
  max: 'elements occur no more often than their definition allows',
  array: 'elements that can repeat are arrays, others are not',
  'json-type': 'a value has the JSON type of its FHIR type',
  format: 'a primitive value has the form of its type',
  empty: 'no array, object or string is empty',
  null: 'null stands only in arrays of primitives and of their extensions, where the other array has something',
  choice: 'a choice element occurs in one of its types only',
  binding: 'a code of a required binding is one of its value set',
  'reference-target':
    'a reference is to a resource of a type that its definition allows, and of the type that it says',
  contained: 'contained resources contain nothing themselves and are not nested',
  'duplicate-key': 'no name occurs twice in an object',
} as const

/** Name of a rule on structure that is no invariant. */
export type StructureRule = keyof typeof structureRules
