import type { R4Model } from '../../r4/model.ts'
import { r4Terminology } from '../../r4/terminology.ts'
import {
  canonicalUrl,
  canonicalVersion,
  type CodeSystem,
  type ConceptSet,
  type ExpandedConcept,
  type FhirPackage,
  type ValueSet,
} from '../package/definitions.ts'
import { type PackageDefinition, type CanonicalIndex, indexByCanonical } from '../package/canonical-index.ts'
import { codeSet, differenceOf, intersectionOf, unionOf, type ValueSetCodes } from './code-set.ts'
import { conceptsOf, isInactive, type KnownConcepts } from './code-systems.ts'

/** Looks up a value set in the packages, then among the bindings of FHIR R4; a string is the reason why its codes are unknown. */
export type ValueSetLookup = (valueSet: string) => ValueSetCodes | string

/** Prepares look-ups of value sets by the package that names them. */
export function valueSetLookups(
  packages: readonly FhirPackage[],
  r4: R4Model,
): (within: FhirPackage) => ValueSetLookup {
  const all: TerminologyIndex = {
    sets: withR4(packages, (it) => it.valueSets),
    systems: withR4(packages, (it) => it.codeSystems),
    bound: new Map(ofR4(r4)),
    known: new Map(),
  }
  return (within) => (canonical) => {
    const found = foundSet(canonical, within, all)
    if (!found) return r4CodesOrReason(canonical, all)
    const codes = expanded(found, all)
    return codes.others !== undefined && codes.pairs.size === 0 && codes.maybe.size === 0
      ? codes.others
      : codes
  }
}

let r4Package: FhirPackage | undefined

/** The terminology of FHIR R4 as a package. */
function r4AsPackage(): FhirPackage {
  r4Package ??= {
    ...{ name: 'hl7.fhir.r4.core', version: '4.0.1', structures: [], unusable: [] },
    ...(r4Terminology() as Pick<FhirPackage, 'valueSets' | 'codeSystems'>),
    rules: { everywhere: [], sole: [] },
  }
  return r4Package
}

/** The definitions of packages, and those of FHIR R4 that no package has. */
function withR4<T extends { readonly url: string; readonly version?: string }>(
  packages: readonly FhirPackage[],
  kind: (it: FhirPackage) => readonly T[],
): CanonicalIndex<T> {
  const given = indexByCanonical(packages, kind)
  let own: CanonicalIndex<T> | undefined
  return {
    all: given.all,
    find(canonical, within) {
      const url = canonicalUrl(canonical)
      const isOfR4 = (canonicalVersion(canonical) ?? '4.0').startsWith('4.0')
      const found = given.find(canonical, within)
      if (found || !isOfR4 || given.find(url)) return found
      own ??= indexByCanonical([r4AsPackage()], kind)
      return own.find(url)
    },
  }
}

/** A value set with its package; what R4 binds itself is found among its bindings, where grammars and lists from elsewhere count too. */
function foundSet(
  canonical: string,
  within: FhirPackage | undefined,
  { sets, bound }: Pick<TerminologyIndex, 'sets' | 'bound'>,
): PackageDefinition<ValueSet> | undefined {
  const found = sets.find(canonical, within)
  const known = bound.get(canonicalUrl(canonical))
  return found?.from === r4Package && known && !known.bare ? undefined : found
}

interface TerminologyIndex {
  readonly sets: CanonicalIndex<ValueSet>
  readonly systems: CanonicalIndex<CodeSystem>
  /** The value sets of bindings in FHIR R4, by URL. */
  readonly bound: ReadonlyMap<string, ValueSetCodes>
  readonly known: Map<ValueSet, ValueSetCodes>
}

function r4CodesOrReason(
  canonical: string,
  { sets, bound }: Pick<TerminologyIndex, 'sets' | 'bound'>,
): ValueSetCodes | string {
  const version = canonicalVersion(canonical)
  const ofR4 =
    version === undefined || version.startsWith('4.0') ? bound.get(canonicalUrl(canonical)) : undefined
  if (ofR4) return ofR4
  return version !== undefined && sets.find(canonicalUrl(canonical))
    ? `no package contains its version ${version}`
    : 'no package contains its codes'
}

/** What a value set has, after those that it takes in: they can be deeper than the stack. */
function expanded(root: PackageDefinition<ValueSet>, index: TerminologyIndex): ValueSetCodes {
  const { known } = index
  const started = new Set<ValueSet>()
  const waiting = [root]
  for (let top = waiting.at(-1); top; top = waiting.at(-1)) {
    const { it, from } = top
    const needed = started.has(it)
      ? []
      : partsOf(it)
          .flatMap(({ valueSet = [] }) => valueSet)
          .flatMap((canonical) => foundSet(canonical, from, index) ?? [])
          .filter((inner) => !known.has(inner.it) && !started.has(inner.it))
    started.add(it)
    waiting.push(...needed)
    if (needed.length > 0) continue
    waiting.pop()
    if (!known.has(it)) known.set(it, composed(top, index))
  }
  return known.get(root.it) ?? unknownSet('no package contains its codes')
}

function partsOf({ compose }: ValueSet): readonly ConceptSet[] {
  return [...(compose?.include ?? []), ...(compose?.exclude ?? [])]
}

function unknownSet(others: string): ValueSetCodes {
  return codeSet([], { others })
}

/** The codes that a value set includes less those that it excludes; the sets that it takes in are known, unless they take it in themselves. */
function composed(of: PackageDefinition<ValueSet>, index: TerminologyIndex): ValueSetCodes {
  const { compose } = of.it
  const { include = [], exclude = [] } = compose ?? {}
  if (include.length === 0) return ofExpansion(of.it) ?? unknownSet('no package contains its codes')
  const inactive = compose?.inactive ?? true
  const included = unionOf(include.map((it) => part(it, of, index, inactive)))
  if (exclude.length === 0) return included
  return differenceOf(included, unionOf(exclude.map((it) => part(it, of, index, true))))
}

/** What all of a part's criteria have in common. */
function part(
  it: ConceptSet,
  of: PackageDefinition<ValueSet>,
  index: TerminologyIndex,
  inactive: boolean,
): ValueSetCodes {
  const sets = (it.valueSet ?? []).map((canonical) => importedSet(canonical, of, index))
  const own = it.system === undefined ? [] : [ofSystem(it, it.system, of.from, index, inactive)]
  const [first, ...more] = [...own, ...sets]
  if (!first) return unknownSet('it names neither a system nor a value set')
  return more.reduce(intersectionOf, first)
}

function importedSet(
  canonical: string,
  { from }: PackageDefinition<ValueSet>,
  index: TerminologyIndex,
): ValueSetCodes {
  const url = canonicalUrl(canonical)
  const inner = foundSet(canonical, from, index)
  if (!inner) {
    const known = r4CodesOrReason(canonical, index)
    if (typeof known === 'string') return unknownSet(`it includes ${url}, and ${known}`)
    return known.bare ? unknownSet(`it includes ${url}, and the systems of its codes are unknown`) : known
  }
  const codes = index.known.get(inner.it)
  if (!codes) return unknownSet('it includes itself')
  const { others } = codes
  return others === undefined || others.startsWith('it includes ')
    ? codes
    : { ...codes, others: `it includes ${url}, and ${others}` }
}

function ofSystem(
  { version, concept, filter = [] }: ConceptSet,
  system: string,
  from: FhirPackage,
  { systems }: TerminologyIndex,
  inactive: boolean,
): ValueSetCodes {
  const found = systems.find(version === undefined ? system : `${system}|${version}`, from)
  const known = conceptsOf(found?.it)
  const pairOf = ({ code }: { readonly code: string }) => `${system}|${code}`
  const left = new Set(inactive ? [] : known?.concepts.filter(isInactive).map(pairOf))
  if (concept) return codeSet(concept.map(pairOf).filter((it) => !left.has(it)))
  if (!known) return codeSet([], { open: new Set([system]) })
  const pairs: string[] = []
  const maybe = new Set<string>()
  for (const it of known.concepts) {
    const passes = passesAll(filter, it, known)
    if (left.has(pairOf(it)) || passes === 'no') continue
    if (passes === 'yes') pairs.push(pairOf(it))
    else maybe.add(pairOf(it))
  }
  const never = known.complete ? undefined : known.concepts.map(pairOf).filter((it) => left.has(it))
  return codeSet(pairs, {
    maybe,
    ...(never ? { never: new Set(never), open: new Set([system]) } : {}),
  })
}

function passesAll(
  filters: NonNullable<ConceptSet['filter']>,
  concept: KnownConcepts['concepts'][number],
  known: KnownConcepts,
) {
  const all = filters.map((it) => known.passes(it, concept))
  return all.includes('no') ? 'no' : all.includes('unknown') ? 'unknown' : 'yes'
}

/** The codes of an expansion that a package has whole. */
function ofExpansion({ expansion }: ValueSet): ValueSetCodes | undefined {
  if (!expansion?.contains || expansion.offset) return undefined
  const pairs: string[] = []
  const waiting: ExpandedConcept[] = [...expansion.contains]
  for (let it = waiting.pop(); it; it = waiting.pop()) {
    if (it.system !== undefined && it.code !== undefined && !it.abstract)
      pairs.push(`${it.system}|${it.code}`)
    waiting.push(...(it.contains ?? []))
  }
  const isWhole = expansion.total === undefined || expansion.total <= pairs.length
  return isWhole ? codeSet(pairs) : undefined
}

function* ofR4({ types, codes }: R4Model): Iterable<[string, ValueSetCodes]> {
  for (const type of Object.values(types))
    for (const { valueSet, codes: at, system } of type.elements) {
      const list = at === undefined ? undefined : codes[at]
      if (valueSet && list)
        yield [
          canonicalUrl(valueSet),
          system === undefined
            ? { ...codeSet([]), codes: new Set(list), bare: true }
            : codeSet(list.map((code) => `${system}|${code}`)),
        ]
    }
}
