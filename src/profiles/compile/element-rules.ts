import type { ValueSetCodes } from './code-set.ts'
import type { ElementInvariants, InvariantEvaluator } from './fhirpath.ts'
import type { JsonObject } from '../../model/json.ts'
import type { ValueLimit } from './value-limits.ts'

/**
 * What a profile asks of an element beyond FHIR R4, and of what is in it. All properties are always there, so that all nodes have one shape.
 */
export interface ElementRules {
  /** As in JSON; of a choice element without `[x]`. */
  readonly name: string
  /** The `_x` of a primitive element. */
  readonly underscoreName: string
  /** The names that a choice element can have in JSON, allowed by the profile or not; `undefined` if it is not a choice element. */
  readonly choices: readonly ChoiceType[] | undefined
  /** What is missing or too much, for findings. */
  readonly label: string
  /** 0 and `Infinity` where the profile asks no more than R4. */
  readonly min: number
  readonly max: number
  readonly fixed: DefinedValue | undefined
  readonly pattern: DefinedValue | undefined
  readonly bindings: readonly RequiredBinding[]
  /** Types that a reference may be to. */
  readonly targets: ReadonlySet<string> | undefined
  /** How the targets of references may be given: contained, bundled, referenced. */
  readonly aggregation: ReadonlySet<string> | undefined
  /** Types that a resource within the resource may have. */
  readonly resources: ReadonlySet<string> | undefined
  /** Whether a resource stands there. */
  readonly holdsResource: boolean
  readonly profiles: readonly TypeProfiles[]
  /** The relative URLs of the extensions that the definition of an extension defines there. */
  readonly parts: ReadonlySet<string> | undefined
  readonly limits: readonly ValueLimit[]
  readonly children: readonly ElementRules[]
  readonly slicing: SlicingRules | undefined
  readonly invariants: ElementInvariants | undefined
  /** Position among what the profile must support; -1 if not. */
  readonly support: number
}

/** A value of a definition, in an object of its own since it can be anything. */
export interface DefinedValue {
  readonly value: unknown
}

/** A name that a choice element can have in JSON. */
export interface ChoiceType {
  readonly name: string
  readonly underscoreName: string
  readonly type: string
  readonly allowed: boolean
  /** Position of the type among what the profile must support; -1 if not. */
  readonly support: number
}

/** A required binding. */
interface RequiredBinding {
  readonly valueSet: string
  readonly codes: ValueSetCodes
}

/** The slices of an element. */
export interface SlicingRules {
  readonly rules: 'open' | 'closed' | 'openAtEnd'
  readonly ordered: boolean
  /** Whether telling the slices apart depends on more than the item. */
  readonly needsSurroundings: boolean
  readonly slices: readonly SliceRules[]
}

/** One slice: items of the element that meet all conditions are in it. Without conditions it is unknown which items are in it. */
export interface SliceRules {
  readonly name: string
  /** Position among the constraints of the profile, for counting items that may be in it. */
  readonly at: number
  readonly conditions: readonly SliceCondition[] | undefined
  readonly node: ElementRules
}

/** A name that an element can have in JSON, and the type that it then has if it is a choice element. */
interface ChildName {
  readonly name: string
  readonly underscoreName: string
  readonly type: string | undefined
}

/** One step from an item of a sliced element to what distinguishes it. */
export type SliceStep =
  | {
      readonly kind: 'child'
      readonly names: readonly ChildName[]
    }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'resolve' }

/** One thing that tells a slice from others, of an element that the steps lead to. */
export type SliceCondition = { readonly steps: readonly SliceStep[] } & (
  | { readonly kind: 'value'; readonly node: Pick<ElementRules, 'fixed' | 'pattern'> }
  | { readonly kind: 'codes'; readonly codes: ValueSetCodes }
  | { readonly kind: 'exists'; readonly exists: boolean }
  | { readonly kind: 'type'; readonly types: ReadonlySet<string> }
  | { readonly kind: 'profile'; readonly profiles: readonly string[] }
  /** The element is in a slice of its own. */
  | { readonly kind: 'slice'; readonly conditions: readonly SliceCondition[] }
)

/** Profiles that values of one type conform to: to one of them at least. */
export interface TypeProfiles {
  /** `Resource` for resources of any type. */
  readonly type: string
  readonly profiles: readonly string[]
}

/** Where an extension may be used, as its definition says it. */
export interface ExtensionContext {
  /** Elements by path or type, `Patient.name`, and extensions by their URL. */
  readonly elements: ReadonlySet<string>
  readonly extensions: ReadonlySet<string>
  /** FHIRPath that selects the elements; `select` gives nothing where it cannot be evaluated. */
  readonly paths: readonly {
    readonly expression: string
    readonly select: (resource: JsonObject) => readonly unknown[] | undefined
  }[]
}

/** FHIRPath that is true of the elements where an extension is used. */
export interface ContextInvariant {
  readonly expression: string
  readonly evaluate: InvariantEvaluator
  /** Position among the constraints of the profile. */
  readonly at: number
}

/** A profile, or the definition of an extension, compiled. */
export interface Profile {
  readonly url: string
  readonly version: string
  /** `url|version` */
  readonly key: string
  readonly title: string
  readonly type: string
  readonly base: string | undefined
  readonly root: ElementRules
  /** Where the definition of an extension allows it; `undefined` if it does not say. */
  readonly context: ExtensionContext | undefined
  readonly contextInvariants: readonly ContextInvariant[]
  /** Whether the definition of an extension is one of a modifier. */
  readonly modifier: boolean
  /** Elements, slices and types that must be supported, as the profile calls them. */
  readonly supports: readonly string[]
  /** Constraints that are evaluated, and slices, by the positions that they have. */
  readonly constraints: readonly { readonly path: string; readonly key: string }[]
  /** Definitions of extensions and profiles on data types that it names, be they there or not, and its elements that do so. */
  readonly extensions: readonly { readonly path: string; readonly canonical: string }[]
}
