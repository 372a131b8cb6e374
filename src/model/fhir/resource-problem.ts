/** One violation of FHIR R4 or a profile by a resource. Never contains a value of the resource. */
export interface ResourceProblem {
  /**
   * The path of the element from the resource type, with the element's name in JSON and without indices: `Observation.component.valueQuantity.unit`.
   * A missing choice element has `[x]` in its name. For an unknown element it is the path of the object that has it. A contained resource appears
   * with its type: `MedicationRequest.contained(Medication).code`.
   */
  readonly path: string
  /** A `StructureRule`, or the key of an invariant such as `obs-7`. */
  readonly rule: string
  /** What the definition requires, in words: "a date (YYYY, YYYY-MM or YYYY-MM-DD)". */
  readonly expected: string
  /** What the resource has instead, described and never quoted: "a string in another form". */
  readonly actual: string
  /** The profile with the rule, `url|version`; absent for FHIR R4 itself. */
  readonly profile?: string
}

/** The structure rules other than invariants, by their names in findings. */
export const structureRules = {
  'resource-type': 'a resource, at the root or contained, names a resource type of FHIR R4 in resourceType',
  'unknown-element': 'an object has only elements that its type defines',
  min: 'mandatory elements are present, choice elements in one of their types',
  max: 'elements occur no more often than their definition allows',
  array: 'elements that can repeat are arrays, and others are not',
  'json-type': 'a value has the JSON type of its FHIR type',
  format: 'a primitive value has the form of its type',
  empty: 'no array, object or string is empty',
  null: 'null occurs only in arrays of primitives and of their extensions, where the other array has an entry',
  choice: 'a choice element occurs in only one of its types',
  binding: 'a code with a required binding is in its value set',
  'reference-target':
    'a reference leads to a resource of a type that its definition allows, and of the type in `Reference.type`',
  contained: 'contained resources contain no resources themselves',
  'duplicate-key': 'no name occurs twice in an object',
  'unique-id':
    'contained resources have different ids, and so have the elements of a resource with what it contains',
  'extension-url':
    'the URL of an extension is absolute and not a URN, unless the extension is part of another extension',
  'absolute-url': 'a URI is absolute where the definition of the element says so',
  'local-canonical': 'a canonical that begins with # names a contained resource',
  'full-url':
    'the fullUrl of a Bundle entry, if it is the URL of a FHIR server, has the type and id of the resource and no version',
  attachment: 'the size and hash of an attachment are those of its data',
} as const

/** Rules that R4 states with SHOULD, or that no sentence of R4 makes a SHALL although no reader can use what breaks them. */
export const adviceRules = {
  'array-length':
    'the arrays of values and of their extensions have equal lengths, filled with null (json.html)',
  text: 'a string contains a character that is not white space, and no control characters (datatypes.html#string)',
  'absolute-uri': 'the system of a code, quantity or identifier is an absolute URI',
  'code-of-system':
    'a code is one of its system, where R4 has all codes of the system or a grammar decides (definition of Coding.code)',
  urn: 'a URI that begins with urn:oid: or urn:uuid: has an OID, or a UUID in lower case (datatypes.html#uri)',
  'local-uri': 'a URI that begins with # names an element, a contained resource or a part of the narrative',
} as const

/** Whether a problem breaks a rule of `adviceRules`. */
export function isAdvice({ rule }: Pick<ResourceProblem, 'rule'>): boolean {
  return rule in adviceRules
}

/** Name of a structure rule other than an invariant. */
export type StructureRule = keyof typeof structureRules | keyof typeof adviceRules
