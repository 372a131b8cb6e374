import type { R4Model } from '../r4/model.ts'
import { type CodeSystem, type Concept, type ConceptSet, type FhirPackage, bare } from './definitions.ts'

/** Whether something holds, as far as that can be told offline. */
export type Told = 'yes' | 'no' | 'unknown'

/** What is known of a value set: its codes, and where it may have others. */
export interface Codes {
  /** `system|code`. */
  readonly pairs: ReadonlySet<string>
  /** Codes of any of its systems, for where there is no system. */
  readonly codes: ReadonlySet<string>
  /** Systems of which it may have other codes than `pairs`. */
  readonly open: ReadonlySet<string>
  /** Systems are not known, only codes. */
  readonly bare: boolean
}

/** Whether a code is in a value set. Without a system it stands for the code in any of them. */
export function holds({ pairs, codes, open, bare }: Codes, system: unknown, code: unknown): Told {
  if (typeof code !== 'string') return 'no'
  if (bare) return codes.has(code) ? 'yes' : 'no'
  if (typeof system !== 'string') return codes.has(code) ? 'yes' : open.size > 0 ? 'unknown' : 'no'
  if (pairs.has(`${system}|${code}`)) return 'yes'
  return open.has(system) ? 'unknown' : 'no'
}

/** Looks value sets up: by what packages hold, or else by what FHIR R4 binds. A string says why it cannot be known at all. */
export type CodesOf = (valueSet: string) => Codes | string

/** Prepares look-ups of value sets. */
export function codesOf(packages: readonly FhirPackage[], r4: R4Model): CodesOf {
  const sets = new Map(packages.flatMap((it) => it.valueSets.map((set) => [set.url, set] as const)))
  const systems = new Map(packages.flatMap((it) => it.codeSystems.map((at) => [at.url, at] as const)))
  const bound = new Map(ofR4(r4))
  const known = new Map<string, Codes>()
  const expand = (url: string, seen: readonly string[]): Codes | string => {
    const found = known.get(url)
    if (found !== undefined) return found
    const compose = sets.get(url)?.compose
    if (!compose?.include) return bound.get(url) ?? 'no package holds its codes'
    if (seen.includes(url)) return 'it is defined by itself'
    // What it leaves out would have to be known too.
    if (compose.exclude?.length) return 'it is defined by what it leaves out'
    const made = { pairs: new Set<string>(), codes: new Set<string>(), open: new Set<string>(), bare: false }
    for (const it of compose.include) {
      const problem = include(it, made, [...seen, url])
      if (problem !== undefined) return problem
    }
    known.set(url, made)
    return made
  }
  const include = (it: ConceptSet, made: Making, seen: readonly string[]): string | undefined => {
    if (it.valueSet?.length) {
      const [only, ...more] = it.valueSet
      if (it.system || more.length > 0 || only === undefined) return 'it is an intersection of value sets'
      const other = expand(bare(only), seen)
      if (typeof other === 'string') return `it takes in ${bare(only)}, and ${other}`
      if (other.bare) return `it takes in ${bare(only)}, of whose codes the systems are not known`
      for (const pair of other.pairs) made.pairs.add(pair)
      for (const code of other.codes) made.codes.add(code)
      for (const system of other.open) made.open.add(system)
      return undefined
    }
    if (!it.system) return 'it names neither a system nor a value set'
    const codes = it.filter?.length
      ? undefined
      : (it.concept?.map(({ code }) => code) ?? all(systems.get(it.system)))
    if (!codes) made.open.add(it.system)
    for (const code of codes ?? []) {
      made.pairs.add(`${it.system}|${code}`)
      made.codes.add(code)
    }
    return undefined
  }
  return (valueSet) => expand(bare(valueSet), [])
}

interface Making {
  readonly pairs: Set<string>
  readonly codes: Set<string>
  readonly open: Set<string>
}

function* ofR4({ types, codes }: R4Model): Iterable<[string, Codes]> {
  for (const type of Object.values(types))
    for (const { valueSet, codes: at, system } of type.elements) {
      const list = at === undefined ? undefined : codes[at]
      if (valueSet && list)
        yield [
          bare(valueSet),
          {
            pairs: new Set(system === undefined ? [] : list.map((code) => `${system}|${code}`)),
            codes: new Set(list),
            open: new Set(),
            bare: system === undefined,
          },
        ]
    }
}

function all(system: CodeSystem | undefined): readonly string[] | undefined {
  if (system?.content !== 'complete' || system.caseSensitive === false) return undefined
  return flat(system.concept ?? [])
}

function flat(concepts: readonly Concept[]): readonly string[] {
  return concepts.flatMap((it) => [it.code, ...flat(it.concept ?? [])])
}
