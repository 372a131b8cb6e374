import type { R4Model } from '../../r4/model.ts'
import {
  canonicalUrl,
  type CodeSystem,
  type Concept,
  type ConceptSet,
  type FhirPackage,
  type ValueSet,
  canonicalVersion,
} from '../package/definitions.ts'
import { type PackageDefinition, type CanonicalIndex, indexByCanonical } from '../package/canonical-index.ts'

/** Whether something holds, as far as is known offline. */
export type Certainty = 'yes' | 'no' | 'unknown'

/** The known part of a value set, and where it may have more codes. */
export interface ValueSetCodes {
  /** `system|code`. */
  readonly pairs: ReadonlySet<string>
  /** Its codes without their systems, for values without a system. */
  readonly codes: ReadonlySet<string>
  /** Code systems whose codes may be in the set without being in `pairs`. */
  readonly open: ReadonlySet<string>
  /** The codes are known, but not their systems. */
  readonly bare: boolean
  /** Why it may contain any other code; absent if it cannot. */
  readonly others?: string
}

/** Whether a code is in a value set; without a system, whether it is in the set with any system. */
export function containsCode(
  { pairs, codes, open, bare, others }: ValueSetCodes,
  system: unknown,
  code: unknown,
): Certainty {
  if (typeof code !== 'string') return 'no'
  const no = others === undefined ? 'no' : 'unknown'
  if (bare) return codes.has(code) ? 'yes' : no
  if (typeof system !== 'string') return codes.has(code) ? 'yes' : open.size > 0 ? 'unknown' : no
  if (pairs.has(`${system}|${code}`)) return 'yes'
  return open.has(system) ? 'unknown' : no
}

/** Looks up a value set in the packages, then among the bindings of FHIR R4; a string is the reason why its codes are unknown. */
export type ValueSetLookup = (valueSet: string) => ValueSetCodes | string

/** Prepares look-ups of value sets by the package that names them. */
export function valueSetLookups(
  packages: readonly FhirPackage[],
  r4: R4Model,
): (within: FhirPackage) => ValueSetLookup {
  const all: TerminologyIndex = {
    sets: indexByCanonical(packages, (it) => it.valueSets),
    systems: indexByCanonical(packages, (it) => it.codeSystems),
    bound: new Map(ofR4(r4)),
  }
  const known = new Map<ValueSet, ValueSetCodes | string>()
  return (within) => (canonical) => {
    const found = all.sets.find(canonical, within)
    if (!found) return r4CodesOrReason(canonical, all)
    const codes = known.get(found.it) ?? expandValueSet(found, all)
    known.set(found.it, codes)
    return codes
  }
}

interface TerminologyIndex {
  readonly sets: CanonicalIndex<ValueSet>
  readonly systems: CanonicalIndex<CodeSystem>
  /** The value sets of bindings in FHIR R4, by URL. */
  readonly bound: ReadonlyMap<string, ValueSetCodes>
}

function r4CodesOrReason(canonical: string, { sets, bound }: TerminologyIndex): ValueSetCodes | string {
  const version = canonicalVersion(canonical)
  const ofR4 =
    version === undefined || version.startsWith('4.0') ? bound.get(canonicalUrl(canonical)) : undefined
  if (ofR4) return ofR4
  return version !== undefined && sets.find(canonicalUrl(canonical))
    ? `no package contains its version ${version}`
    : 'no package contains its codes'
}

interface ValueSetExpansion {
  readonly root: ValueSet
  readonly index: TerminologyIndex
  readonly pairs: Set<string>
  readonly codes: Set<string>
  readonly open: Set<string>
  /** Why it may contain unknown codes. */
  readonly others: string[]
  readonly seen: Set<ValueSet>
  /** Value sets that it includes and that are not read yet. */
  readonly pending: PackageDefinition<ValueSet>[]
}

/** Everything that a value set includes, directly or through others, in any order and depth. */
function expandValueSet(root: PackageDefinition<ValueSet>, index: TerminologyIndex): ValueSetCodes | string {
  const [pairs, codes, open] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const others: string[] = []
  const expansion: ValueSetExpansion = {
    ...{ root: root.it, index, pairs, codes, open, others },
    ...{ seen: new Set([root.it]), pending: [root] },
  }
  for (let next = expansion.pending.pop(); next; next = expansion.pending.pop()) addSet(expansion, next)
  const [why] = others
  const known = { pairs, codes, open, bare: false }
  if (why === undefined) return known
  return pairs.size === 0 ? why : { ...known, others: why }
}

function addSet(expansion: ValueSetExpansion, { it, from }: PackageDefinition<ValueSet>): void {
  const { include = [], exclude = [] } = it.compose ?? {}
  // The excluded codes are not evaluated.
  if (exclude.length > 0) addReason(expansion, it, 'it is defined by exclusion')
  else if (include.length === 0) addReason(expansion, it, 'no package contains its codes')
  else for (const part of include) addPart(expansion, part, { it, from })
}

function addPart(expansion: ValueSetExpansion, part: ConceptSet, of: PackageDefinition<ValueSet>): void {
  const [set, ...more] = part.valueSet ?? []
  if (set === undefined) addCodes(expansion, part, of)
  else if (part.system || more.length > 0) addReason(expansion, of.it, 'it is an intersection of value sets')
  else addIncludedSet(expansion, set, of.from)
}

function addCodes(
  expansion: ValueSetExpansion,
  { system, version, concept, filter }: ConceptSet,
  { it, from }: PackageDefinition<ValueSet>,
): void {
  if (!system) {
    addReason(expansion, it, 'it names neither a system nor a value set')
    return
  }
  const held = expansion.index.systems.find(version === undefined ? system : `${system}|${version}`, from)
  const codes = filter?.length ? undefined : (concept?.map(({ code }) => code) ?? allCodesOf(held?.it))
  if (!codes) expansion.open.add(system)
  for (const code of codes ?? []) {
    expansion.pairs.add(`${system}|${code}`)
    expansion.codes.add(code)
  }
}

function addIncludedSet(expansion: ValueSetExpansion, canonical: string, from: FhirPackage): void {
  const { root, index, others, seen, pending } = expansion
  const inner = index.sets.find(canonical, from)
  if (!inner) {
    addR4Set(expansion, canonical)
    return
  }
  if (inner.it === root) others.push('it includes itself')
  else if (!seen.has(inner.it)) {
    seen.add(inner.it)
    pending.push(inner)
  }
}

function addR4Set({ index, pairs, codes, others }: ValueSetExpansion, canonical: string): void {
  const known = r4CodesOrReason(canonical, index)
  if (typeof known === 'string') others.push(`it includes ${canonicalUrl(canonical)}, and ${known}`)
  else if (known.bare)
    others.push(`it includes ${canonicalUrl(canonical)}, and the systems of its codes are unknown`)
  else {
    for (const pair of known.pairs) pairs.add(pair)
    for (const code of known.codes) codes.add(code)
  }
}

function addReason({ root, others }: ValueSetExpansion, it: ValueSet, why: string): void {
  others.push(it === root ? why : `it includes ${it.url}, and ${why}`)
}

function* ofR4({ types, codes }: R4Model): Iterable<[string, ValueSetCodes]> {
  for (const type of Object.values(types))
    for (const { valueSet, codes: at, system } of type.elements) {
      const list = at === undefined ? undefined : codes[at]
      if (valueSet && list)
        yield [
          canonicalUrl(valueSet),
          {
            pairs: new Set(system === undefined ? [] : list.map((code) => `${system}|${code}`)),
            codes: new Set(list),
            open: new Set(),
            bare: system === undefined,
          },
        ]
    }
}

function allCodesOf(system: CodeSystem | undefined): readonly string[] | undefined {
  if (system?.content !== 'complete' || system.caseSensitive === false) return undefined
  const codes: string[] = []
  // Hierarchies can be deeper than the stack.
  const waiting: Concept[] = [...(system.concept ?? [])]
  for (let it = waiting.pop(); it; it = waiting.pop()) {
    codes.push(it.code)
    for (const below of it.concept ?? []) waiting.push(below)
  }
  return codes
}
