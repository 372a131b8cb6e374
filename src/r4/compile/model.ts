import type { R4Invariant } from '../model.ts'
import type { CodeSystems } from '../code-systems.ts'
import type { R4Facts } from '../facts.ts'
import type { SearchParameters } from '../search-parameters.ts'
import type { R4Terminology } from '../terminology.ts'
import type { StoredModel } from '../stored-model.ts'
import { compileValueSets } from './value-sets.ts'
import { compileCodeSystems } from './code-systems.ts'
import { compileCompartment } from './compartment.ts'
import { readDefinitions, readExpansion } from './package.ts'
import { compileFacts } from './facts.ts'
import { compileSearchParameters } from './search-parameters.ts'
import { compileTerminology } from './terminology.ts'
import { compileTypes } from './type-definitions.ts'

/** What the build writes of FHIR R4 as the package in a folder defines it. */
export interface CompiledR4 {
  readonly model: StoredModel
  readonly facts: R4Facts
  readonly searchParameters: SearchParameters
  readonly codeSystems: CodeSystems
  readonly terminology: R4Terminology
}

const currencies = 'http://hl7.org/fhir/ValueSet/currencies'

/** The codes of ISO 4217: those of HL7's expansion, those that this Node.js knows, and later ones. */
function currencyCodes(folder: string): readonly string[] {
  const all = [
    ...readExpansion(folder, currencies),
    ...Intl.supportedValuesOf('currency'),
    'SLE',
    'VED',
    'XCG',
  ]
  return [...new Set(all)].sort()
}

/** FHIR R4 as the package in a folder defines it, in the form that is stored. */
export function compileR4(folder: string): CompiledR4 {
  const structures = readDefinitions(folder, 'StructureDefinition')
  const codeSystems = readDefinitions(folder, 'CodeSystem')
  const valueSets = readDefinitions(folder, 'ValueSet')
  const money = currencyCodes(folder)
  const codes = compileValueSets(valueSets, codeSystems, { [currencies]: money })
  const { types, primitives, resources } = compileTypes(structures, codes)
  const parameters = readDefinitions(folder, 'SearchParameter')
  const compartment = compileCompartment(readDefinitions(folder, 'CompartmentDefinition'), parameters)

  const invariants: R4Invariant[] = []
  const positions = new Map<string, number>()
  const store = (it: R4Invariant): number => {
    const text = JSON.stringify(it)
    const at = positions.get(text) ?? invariants.push(it) - 1
    positions.set(text, at)
    return at
  }

  const model: StoredModel = {
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
  return {
    model,
    facts: compileFacts(resources, types, codeSystems),
    searchParameters: compileSearchParameters(parameters, types),
    codeSystems: compileCodeSystems(codeSystems, valueSets, money),
    terminology: compileTerminology(valueSets, codeSystems),
  }
}
