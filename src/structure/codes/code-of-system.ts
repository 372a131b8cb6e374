import { codesOfSystem } from '../../r4/code-systems.ts'
import type { JsonObject } from '../../model/json.ts'
import { type CodeGrammar, language, mime } from './grammars.ts'
import { isUcumUnit } from './ucum.ts'

/** Systems whose codes a grammar decides. */
const grammars: Readonly<Record<string, CodeGrammar>> = {
  'http://unitsofmeasure.org': { matches: isUcumUnit, expected: 'a unit of UCUM, such as mm[Hg]' },
  'urn:ietf:bcp:47': language,
  'urn:ietf:bcp:13': mime,
  'urn:iso:std:iso:3166': {
    matches: (code) => /^([A-Z]{2,3}|\d{3})$/.test(code),
    expected: 'the code of a country: two or three capital letters, or three digits (ISO 3166)',
  },
}

/** Systems whose codes a grammar decides. */
export const grammarSystems: readonly string[] = Object.keys(grammars)

/** Called with the system of each code that cannot be checked without a terminology server. */
export type UncheckedListener = (system: string) => void

/** Whether R4 or a grammar decides which codes a system has. */
export function isDecidedSystem(system: string): boolean {
  return codesOfSystem(system) !== undefined || Object.hasOwn(grammars, system)
}

/** What the code of a Coding or a Quantity should be, if its system does not have it; `undefined` if it has, or if that is unknown. */
export function codeOutsideSystem({ system, code, version }: JsonObject): string | undefined {
  if (typeof system !== 'string' || typeof code !== 'string') return undefined
  const codes = codesOfSystem(system)
  const grammar = Object.hasOwn(grammars, system) ? grammars[system] : undefined
  if (codes?.has(code) || (!codes && !grammar)) return undefined
  if (grammar) return grammar.matches(code) ? undefined : grammar.expected
  // Another version of the system may have other codes.
  return version === undefined || version === '4.0.1' ? `a code of ${system}` : undefined
}
