import type { Invariant } from '../model.ts'
import type { StoredModel } from '../stored.ts'
import { compileCodes } from './codes.ts'
import { compileCompartment } from './compartment.ts'
import { definitions } from './package.ts'
import { compileTypes } from './types.ts'

/** FHIR R4 as the package in a folder defines it, in the form that is stored. */
export function compileModel(folder: string): StoredModel {
  const structures = definitions(folder, 'StructureDefinition')
  const codes = compileCodes(definitions(folder, 'ValueSet'), definitions(folder, 'CodeSystem'))
  const { types, primitives, resources } = compileTypes(structures, codes)
  const compartment = compileCompartment(
    definitions(folder, 'CompartmentDefinition'),
    definitions(folder, 'SearchParameter'),
  )

  const invariants: Invariant[] = []
  const positions = new Map<string, number>()
  const store = (it: Invariant): number => {
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
