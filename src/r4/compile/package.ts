import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** HL7's own package of FHIR R4: definitions with their snapshots, terminology and examples. */
export const r4PackageName = 'hl7.fhir.r4.examples'

/** An element of a snapshot, as far as compiling reads it. */
export interface R4SnapshotElement {
  readonly path: string
  readonly sliceName?: string
  readonly min: number
  readonly max: string
  readonly base?: { readonly path: string }
  readonly contentReference?: string
  readonly type?: readonly {
    readonly code: string
    readonly profile?: readonly string[]
    readonly targetProfile?: readonly string[]
    readonly extension?: readonly { readonly url: string; readonly valueUrl?: string }[]
  }[]
  readonly constraint?: readonly {
    readonly key: string
    readonly severity: string
    readonly human: string
    readonly expression?: string
  }[]
  readonly definition?: string
  readonly binding?: {
    readonly strength: string
    readonly valueSet?: string
    readonly extension?: readonly { readonly url: string; readonly valueCanonical?: string }[]
  }
}

/** A StructureDefinition, as far as compiling reads it. */
export interface R4StructureDefinition {
  readonly resourceType: 'StructureDefinition'
  readonly url: string
  readonly name: string
  readonly type: string
  readonly kind: string
  readonly abstract: boolean
  readonly derivation?: string
  readonly fhirVersion?: string
  readonly snapshot?: { readonly element: readonly R4SnapshotElement[] }
}

/** A concept with those below it. */
export interface R4Concept {
  readonly code: string
  readonly concept?: readonly R4Concept[]
  readonly property?: readonly { readonly code: string; readonly valueCode?: string }[]
}

/** A CodeSystem, as far as compiling reads it. */
export interface R4CodeSystem {
  readonly resourceType: 'CodeSystem'
  readonly url: string
  readonly version?: string
  readonly content: string
  readonly caseSensitive?: boolean
  readonly concept?: readonly R4Concept[]
}

/** What a ValueSet takes in or leaves out. */
export interface R4ConceptSet {
  readonly system?: string
  readonly version?: string
  readonly concept?: readonly { readonly code: string }[]
  readonly filter?: readonly { readonly property: string; readonly op: string; readonly value: string }[]
  readonly valueSet?: readonly string[]
}

/** A ValueSet, as far as compiling reads it. */
export interface R4ValueSet {
  readonly resourceType: 'ValueSet'
  readonly url: string
  readonly version?: string
  readonly compose?: { readonly include: readonly R4ConceptSet[]; readonly exclude?: readonly R4ConceptSet[] }
}

/** A SearchParameter, as far as compiling reads it. */
export interface R4SearchParameter {
  readonly resourceType: 'SearchParameter'
  readonly url: string
  readonly code: string
  readonly type: string
  readonly base?: readonly string[]
  readonly target?: readonly string[]
  readonly expression?: string
}

/** A CompartmentDefinition, as far as compiling reads it. */
export interface R4CompartmentDefinition {
  readonly resourceType: 'CompartmentDefinition'
  readonly url: string
  readonly resource: readonly { readonly code: string; readonly param?: readonly string[] }[]
}

interface DefinitionResources {
  readonly StructureDefinition: R4StructureDefinition
  readonly CodeSystem: R4CodeSystem
  readonly ValueSet: R4ValueSet
  readonly SearchParameter: R4SearchParameter
  readonly CompartmentDefinition: R4CompartmentDefinition
}

/** Where the package is; throws words for who builds if it is not. */
export function r4PackageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${r4PackageName}/package.json`))
  } catch {
    // Whatever kept it from being found, the remedy is the same.
    throw new Error(`${r4PackageName}, the package with FHIR R4's definitions, is not installed: run npm ci.`)
  }
}

/** The package's resources of a type, those that define FHIR and examples of them alike: their URLs tell them apart. */
export function readDefinitions<T extends keyof DefinitionResources>(
  folder: string,
  type: T,
): readonly DefinitionResources[T][] {
  return readdirSync(folder)
    .filter((it) => it.startsWith(`${type}-`) && it.endsWith('.json'))
    .sort()
    .map((it) => JSON.parse(readFileSync(join(folder, it), 'utf8')) as DefinitionResources[T])
    .filter((it) => it.resourceType === type)
}

/** The codes of a ValueSet in the expansions that the package brings; none if it brings no expansion of it. */
export function readExpansion(folder: string, url: string): readonly string[] {
  const text = readFileSync(join(folder, 'Bundle-valueset-expansions.json'), 'utf8')
  const { entry } = JSON.parse(text) as {
    readonly entry: readonly {
      readonly resource: {
        readonly url: string
        readonly expansion?: { readonly contains?: readonly { readonly code: string }[] }
      }
    }[]
  }
  const found = entry.find(({ resource }) => resource.url === url)?.resource.expansion?.contains
  return (found ?? []).map(({ code }) => code)
}

/** The package's version. */
export function r4PackageVersion(folder: string): string {
  const read = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string }
  return read.version
}
