import type { R4CodeSystem, R4Concept, R4ConceptSet, R4ValueSet } from './package.ts'

/** Codes of value sets that can be enumerated from what the package itself holds. */
export interface ValueSetCodeLists {
  /** Position of the value set's codes in `lists`; `undefined` if they cannot be enumerated. */
  readonly positionOf: (valueSet: string) => number | undefined
  readonly lists: readonly (readonly string[])[]
  /** The system that all its codes are of; `undefined` if there are several, or if they cannot be enumerated. */
  readonly systemOf: (valueSet: string) => string | undefined
}

/** Enumerates value sets on demand; whatever is not certain makes the whole value set one that cannot be. */
export function compileValueSets(
  valueSets: readonly R4ValueSet[],
  codeSystems: readonly R4CodeSystem[],
  /** Codes of value sets that R4 binds by a rule, by their URLs. */
  listed: Readonly<Record<string, readonly string[]>> = {},
): ValueSetCodeLists {
  const sets = new Map(valueSets.map((it) => [it.url, it]))
  const systems = new Map(codeSystems.map((it) => [it.url, it]))
  const lists: (readonly string[])[] = []
  const known = new Map<string, number | undefined>()

  const included = (it: R4ConceptSet, seen: readonly string[]): ReadonlySet<string> | undefined => {
    const parts: (ReadonlySet<string> | undefined)[] = (it.valueSet ?? []).map((url) => expanded(url, seen))
    if (it.system) parts.push(codesOfSystem(it, systems.get(it.system)))
    const [first, ...rest] = parts
    if (!first || rest.includes(undefined)) return undefined
    return new Set([...first].filter((code) => rest.every((other) => other?.has(code))))
  }

  const expanded = (url: string, seen: readonly string[]): ReadonlySet<string> | undefined => {
    const bareUrl = url.split('|')[0] ?? url
    const ruled = listed[bareUrl]
    if (ruled) return new Set(ruled.map((code) => `|${code}`))
    const compose = sets.get(bareUrl)?.compose
    if (!compose || seen.includes(bareUrl)) return undefined
    const all = new Set<string>()
    for (const it of compose.include) {
      const codes = included(it, [...seen, bareUrl])
      if (!codes) return undefined
      for (const code of codes) all.add(code)
    }
    for (const it of compose.exclude ?? []) {
      const codes = included(it, [...seen, bareUrl])
      if (!codes) return undefined
      for (const code of codes) all.delete(code)
    }
    return all
  }

  const of = (url: string): number | undefined => {
    if (known.has(url)) return known.get(url)
    const codes = expanded(url, [])
    // Keyed by system and code while sets are computed, since two systems may share a code.
    const list = codes && [...new Set([...codes].map((it) => it.slice(it.indexOf('|') + 1)))].sort()
    const at =
      list && lists.findIndex((it) => it.length === list.length && it.every((code, i) => code === list[i]))
    const position = list && (at === -1 ? lists.push(list) - 1 : at)
    known.set(url, position)
    return position
  }
  const systemOf = (url: string): string | undefined => {
    const all = new Set([...(expanded(url, []) ?? [])].map((it) => it.slice(0, it.indexOf('|'))))
    return all.size === 1 ? [...all][0] : undefined
  }
  return { positionOf: of, lists, systemOf }
}

/** `system|code` of what a ValueSet takes from one code system. */
function codesOfSystem(it: R4ConceptSet, system: R4CodeSystem | undefined): ReadonlySet<string> | undefined {
  const tag = (codes: readonly string[]) => new Set(codes.map((code) => `${it.system}|${code}`))
  if (it.concept) return it.filter ? undefined : tag(it.concept.map(({ code }) => code))
  if (system?.content !== 'complete' || system.caseSensitive === false) return undefined
  let codes = flatConcepts(system.concept ?? []).map(({ code }) => code)
  for (const { property, op, value } of it.filter ?? []) {
    if (property !== 'concept' || (op !== 'is-a' && op !== 'descendent-of')) return undefined
    const below = descendants(system.concept ?? [], value)
    if (!below) return undefined
    codes = codes.filter((code) => below.has(code) || (op === 'is-a' && code === value))
  }
  return tag(codes)
}

/** Concepts with those below them. */
export function flatConcepts(concepts: readonly R4Concept[]): readonly R4Concept[] {
  return concepts.flatMap((it) => [it, ...flatConcepts(it.concept ?? [])])
}

/** Codes below one, by nesting and by the property subsumedBy, which is how code systems of V3 say a second parent. */
function descendants(concepts: readonly R4Concept[], root: string): ReadonlySet<string> | undefined {
  const all = flatConcepts(concepts)
  if (!all.some((it) => it.code === root)) return undefined
  const parents = new Map(all.map((it) => [it.code, new Set<string>()]))
  for (const it of all) {
    for (const child of it.concept ?? []) parents.get(child.code)?.add(it.code)
    for (const { code, valueCode } of it.property ?? [])
      if (code === 'subsumedBy' && valueCode) parents.get(it.code)?.add(valueCode)
  }
  const below = new Set<string>()
  let size = -1
  while (size !== below.size) {
    size = below.size
    for (const [code, of] of parents) if ([...of].some((it) => it === root || below.has(it))) below.add(code)
  }
  return below
}
