import type { ElementDefinition, R4Invariant, R4Model, TypeDefinition } from './model.ts'

/** `R4Model` as it is stored: each invariant once, and positions where it applies, or half of the file would be ele-1. */
export interface StoredModel extends Pick<R4Model, 'version' | 'primitives' | 'resources' | 'codes'> {
  readonly invariants: readonly R4Invariant[]
  readonly types: readonly StoredType[]
}

interface StoredType extends Omit<TypeDefinition, 'invariants' | 'elements'> {
  readonly invariants: readonly number[]
  readonly elements: readonly StoredElement[]
}

interface StoredElement extends Omit<ElementDefinition, 'invariants'> {
  readonly invariants?: readonly number[]
}

/** The model that was stored. */
export function restoreModel({
  version,
  primitives,
  resources,
  codes,
  invariants,
  types,
}: StoredModel): R4Model {
  const invariantsAt = (positions: readonly number[]): readonly R4Invariant[] =>
    positions.flatMap((it) => invariants[it] ?? [])
  // Hardly any element has its own, and copying thousands takes longer than reading them.
  const elementOf = (stored: StoredElement): ElementDefinition =>
    isPlain(stored) ? stored : { ...stored, invariants: invariantsAt(stored.invariants ?? []) }
  return {
    version,
    primitives,
    resources,
    codes,
    types: Object.fromEntries(
      types.map((it) => [
        it.name,
        { ...it, elements: it.elements.map(elementOf), invariants: invariantsAt(it.invariants) },
      ]),
    ),
  }
}

function isPlain(it: StoredElement): it is StoredElement & { readonly invariants?: never } {
  return it.invariants === undefined
}
