import type { Codes } from './codes.ts'
import type { Invariants } from './invariants.ts'
import type { Limit } from './limits.ts'

/**
 * What a profile asks of an element beyond FHIR R4, and of what is in it. All properties are always there, so that all nodes have one shape.
 */
export interface Node {
  /** As in JSON; of a choice element without `[x]`. */
  readonly name: string
  /** The `_x` of a primitive element. */
  readonly shadow: string
  /** The names that a choice element can have in JSON, allowed by the profile or not; `undefined` if it is none. */
  readonly choices: readonly Choice[] | undefined
  /** What is missing or too much, for findings. */
  readonly label: string
  /** 0 and `Infinity` where the profile asks no more than R4. */
  readonly min: number
  readonly max: number
  readonly fixed: Value | undefined
  readonly pattern: Value | undefined
  readonly binding: Binding | undefined
  /** Types that a reference may be to. */
  readonly targets: ReadonlySet<string> | undefined
  /** Types that a resource within the resource may have. */
  readonly resources: ReadonlySet<string> | undefined
  readonly limits: readonly Limit[]
  readonly children: readonly Node[]
  readonly slicing: Slices | undefined
  readonly invariants: Invariants | undefined
  /** Position among what the profile must support; -1 if not. */
  readonly support: number
}

/** A value of a definition, in an object of its own since it can be anything. */
export interface Value {
  readonly value: unknown
}

/** A name that a choice element can have in JSON. */
export interface Choice {
  readonly name: string
  readonly shadow: string
  readonly type: string
  readonly allowed: boolean
  /** Position of the type among what the profile must support; -1 if not. */
  readonly support: number
}

/** A required binding. */
export interface Binding {
  readonly valueSet: string
  readonly codes: Codes
}

/** The slices of an element. */
export interface Slices {
  readonly rules: 'open' | 'closed' | 'openAtEnd'
  readonly slices: readonly Slice[]
}

/** One slice: items of the element for which all tests say yes are in it. Without tests nobody knows which are. */
export interface Slice {
  readonly name: string
  readonly tests: readonly Test[] | undefined
  readonly node: Node
}

/** One thing that tells a slice from others. */
export type Test =
  | {
      readonly kind: 'value'
      readonly steps: readonly string[]
      readonly node: Pick<Node, 'fixed' | 'pattern'>
    }
  | { readonly kind: 'codes'; readonly steps: readonly string[]; readonly codes: Codes }
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
  readonly root: Node
  /** Elements, slices and types that must be supported, as the profile calls them. */
  readonly supports: readonly string[]
  /** Constraints that are evaluated, by the positions that invariants have. */
  readonly constraints: readonly { readonly path: string; readonly key: string }[]
  /** Extensions whose definitions it names, be they there or not, and its elements that do so. */
  readonly extensions: readonly { readonly path: string; readonly canonical: string }[]
}
