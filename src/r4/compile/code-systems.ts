import type { CodeSystems } from '../code-systems.ts'
import type { R4CodeSystem, R4ValueSet } from './package.ts'
import { flatConcepts } from './value-sets.ts'

const usual: Readonly<Record<string, string>> = {
  'http://unitsofmeasure.org': 'http://hl7.org/fhir/ValueSet/ucum-common',
  'urn:ietf:bcp:47': 'http://hl7.org/fhir/ValueSet/languages',
}

/**
 * The codes of R4's own systems. Systems of HL7 Terminology are published apart from R4 and have gained codes since, so a code that R4's copy lacks may
 * be right.
 */
export function compileCodeSystems(
  systems: readonly R4CodeSystem[],
  valueSets: readonly R4ValueSet[],
  currencies: readonly string[],
): CodeSystems {
  const own = systems.filter(
    (it) =>
      it.url.startsWith('http://hl7.org/fhir/') && it.content === 'complete' && it.caseSensitive === true,
  )
  const codesIn = (url: string) =>
    (valueSets.find((it) => it.url === url)?.compose?.include ?? []).flatMap((it) => it.concept ?? [])
  const known: CodeSystems['known'] = Object.fromEntries([
    ...own.map((it) => [it.url, flatConcepts(it.concept ?? []).map(({ code }) => code)]),
    ...Object.entries(usual).map(([system, set]) => [system, codesIn(set).map(({ code }) => code)]),
    ['urn:iso:std:iso:4217', currencies],
  ])
  const named = new Set([
    ...systems.map(({ url }) => url),
    ...valueSets.flatMap(({ compose }) => (compose?.include ?? []).flatMap(({ system }) => system ?? [])),
  ])
  return { known, named: [...named].filter((it) => !decided.has(it) && !(it in known)).sort() }
}

// Grammars decide their codes.
const decided = new Set(['urn:ietf:bcp:13', 'urn:iso:std:iso:3166'])
