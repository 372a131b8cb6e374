import type { R4Invariant } from '../model.ts'
import type { StoredModel } from '../stored-model.ts'
import { compileValueSets } from './value-sets.ts'
import { compileCompartment } from './compartment.ts'
import { readDefinitions } from './package.ts'
import { compileTypes } from './types.ts'

/** FHIR R4 as the package in a folder defines it, in the form that is stored. */
export function compileModel(folder: string): StoredModel {
  const structures = readDefinitions(folder, 'StructureDefinition')
  const codes = compileValueSets(readDefinitions(folder, 'ValueSet'), readDefinitions(folder, 'CodeSystem'))
  const { types, primitives, resources } = compileTypes(structures, codes)
  const compartment = compileCompartment(
    readDefinitions(folder, 'CompartmentDefinition'),
    readDefinitions(folder, 'SearchParameter'),
  )

  const invariants: R4Invariant[] = []
  const positions = new Map<string, number>()
  const store = (it: R4Invariant): number => {
    const text = JSON.stringify(it)
    const at = positions.get(text) ?? invariants.push(it) - 1
    positions.set(text, at)
    return at
  }

  return {
    version: structures.find((it) => it.type === 'Element')?.fhirVersion ?? '',
    primitives,
    resources,
    codes: codes.lists,
    invariants,
    types: types.map((it) => {
      const paths = compartment.get(it.name)
      return {
        ...it,
        ...(paths && paths.length > 0 && { compartment: paths }),
        elements: it.elements.map(({ invariants: own, ...element }) => ({
          ...element,
          ...(own && { invariants: own.map(store) }),
        })),
        invariants: it.invariants.map(store),
      }
    }),
  }
}
