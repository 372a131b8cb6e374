/** FHIR R4 (4.0.1) as its StructureDefinitions define it, compiled at build time to what judging a resource needs. */
export interface R4Model {
  /** `4.0.1` */
  readonly version: string
  /** Everything an object can be, by name: resource types, data types, and backbone elements by their path (`Observation.component`). */
  readonly types: Readonly<Record<string, TypeDefinition>>
  /** Names of the primitive types: `boolean`, `date`, … */
  readonly primitives: readonly string[]
  /** Names of the resource types that can be instantiated. */
  readonly resources: readonly string[]
  /** Value sets of required bindings that can be enumerated, each sorted. `ElementDefinition.codes` points into it. */
  readonly codes: readonly (readonly string[])[]
}

/** One kind of object. */
export interface TypeDefinition {
  readonly name: string
  readonly kind: 'resource' | 'datatype' | 'backbone'
  /** In the order of the definition: one entry for each name that an element can have in JSON, `_x` and `resourceType` left out. */
  readonly elements: readonly ElementDefinition[]
  /** Choice elements: `value` with the minimum of `value[x]`. */
  readonly choices: readonly { readonly name: string; readonly min: number }[]
  /** Invariants of severity error on this type or backbone element, inherited ones (ele-1, dom-2, …) included. */
  readonly invariants: readonly R4Invariant[]
  /**
   * On resource types, where the Patient compartment has paths for it: those of its references that put a resource into the compartment of the
   * Patient they are to, `participant.actor`. Patient has `link.other`, besides its own compartment.
   */
  readonly compartment?: readonly string[]
}

/** One name that an element can have in JSON. */
export interface ElementDefinition {
  /** As in JSON: `status`, `valueQuantity`. */
  readonly name: string
  /**
   * A primitive type, or a key of `R4Model.types`. `Resource` where any resource may stand. `xhtml` for a narrative's div. Resource.id is `id`,
   * Element.id and Extension.url are `string` and `uri`: those two and `xhtml`, like Resource.id, take no `_x`: see `bare`.
   */
  readonly type: string
  readonly array: boolean
  readonly min: number
  /** `Infinity` cannot be written in JSON: absent if there is no maximum. */
  readonly max?: number
  /** The choice element that it is one of, as a position in `choices`. */
  readonly choice?: number
  /** Codes of a required binding, as a position in `R4Model.codes`: on code, and on Coding, CodeableConcept, Quantity, uri, string where R4 binds those. */
  readonly codes?: number
  /** The system that all those codes are of, on Coding and CodeableConcept; absent if there are several. */
  readonly system?: string
  /** The value set of a binding of strength required, or the most that the binding of a code allows (maxValueSet), `url` without version; present too where it cannot be enumerated. */
  readonly valueSet?: string
  /** Its definition begins by saying that it is an absolute URI. */
  readonly absolute?: true
  /** Types that a Reference may be to; absent if any. canonical targets are not judged. */
  readonly targets?: readonly string[]
  /** Set for a primitive element whose JSON form allows no `_name` sibling: Element.id, Extension.url, Resource.id, Narrative.div. */
  readonly bare?: true
  /** Invariants of severity error that the definition puts on this element where its type does not have them. */
  readonly invariants?: readonly R4Invariant[]
}

/** A constraint of a StructureDefinition. */
export interface R4Invariant {
  readonly key: string
  /** The definition's own words. */
  readonly human: string
  /** FHIRPath. */
  readonly expression: string
}
