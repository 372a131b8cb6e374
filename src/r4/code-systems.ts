import { readBuiltJson } from './built-file.ts'

/** Codes by system: all of systems that R4 defines and of ISO 4217, and the usual ones of UCUM and BCP 47. */
export type CodeSystems = Readonly<Record<string, readonly string[]>>

let systems: ReadonlyMap<string, ReadonlySet<string>> | undefined

/** The codes of a system; `undefined` if R4 does not have them. */
export function codesOfSystem(system: string): ReadonlySet<string> | undefined {
  systems ??= new Map(Object.entries(codeSystems()).map(([url, codes]) => [url, new Set(codes)]))
  return systems.get(system)
}

/** All code systems as the build compiled them. */
export function codeSystems(): CodeSystems {
  return readBuiltJson<CodeSystems>('code-systems.json')
}
