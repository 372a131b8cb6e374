import { readBuiltJson } from './built-file.ts'

/** What the build knows of code systems. */
export interface CodeSystems {
  /** Codes by system: all of systems that R4 defines and of ISO 4217, and the usual ones of UCUM and BCP 47. */
  readonly known: Readonly<Record<string, readonly string[]>>
  /** Other systems that R4 names: SNOMED CT, LOINC, those of HL7 Terminology. */
  readonly named: readonly string[]
}

let systems: ReadonlyMap<string, ReadonlySet<string>> | undefined

/** The codes of a system; `undefined` if R4 does not have them. */
export function codesOfSystem(system: string): ReadonlySet<string> | undefined {
  systems ??= new Map(Object.entries(codeSystems()).map(([url, codes]) => [url, new Set(codes)]))
  return systems.get(system)
}

let built: CodeSystems | undefined

/** Codes by system. */
export function codeSystems(): CodeSystems['known'] {
  built ??= readBuiltJson<CodeSystems>('code-systems.json')
  return built.known
}

/** Systems that R4 names without having their codes, or all of them. */
export function namedSystems(): readonly string[] {
  built ??= readBuiltJson<CodeSystems>('code-systems.json')
  return built.named
}
