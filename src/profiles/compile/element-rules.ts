import type { ValueSetCodes } from './value-sets.ts'
import type { ElementInvariants } from './fhirpath.ts'
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
  readonly binding: RequiredBinding | undefined
  /** Types that a reference may be to. */
  readonly targets: ReadonlySet<string> | undefined
  /** Types that a resource within the resource may have. */
  readonly resources: ReadonlySet<string> | undefined
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
  readonly slices: readonly SliceRules[]
}

/** One slice: items of the element for which all tests say yes are in it. Without tests nobody knows which are. */
export interface SliceRules {
  readonly name: string
  readonly conditions: readonly SliceCondition[] | undefined
  readonly node: ElementRules
}

/** One thing that tells a slice from others. */
export type SliceCondition =
  | {
      readonly kind: 'value'
      readonly steps: readonly string[]
      readonly node: Pick<ElementRules, 'fixed' | 'pattern'>
    }
  | { readonly kind: 'codes'; readonly steps: readonly string[]; readonly codes: ValueSetCodes }
  | { readonly kind: 'exists'; readonly steps: readonly string[]; readonly exists: boolean }
  | { readonly kind: 'type'; readonly types: ReadonlySet<string> }

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
  /** Elements, slices and types that must be supported, as the profile calls them. */
  readonly supports: readonly string[]
  /** Constraints that are evaluated, by the positions that invariants have. */
  readonly constraints: readonly { readonly path: string; readonly key: string }[]
  /** Extensions whose definitions it names, be they there or not, and its elements that do so. */
  readonly extensions: readonly { readonly path: string; readonly canonical: string }[]
}
