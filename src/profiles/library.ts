import { r4Model } from '../r4/load.ts'
import { codesOf } from './codes.ts'
import { compileProfile } from './compile.ts'
import { bare, type FhirPackage, type StructureDefinition } from './definitions.ts'
import { invariantCompiler } from './invariants.ts'
import type { Profile } from './node.ts'
import { PackageError } from './package.ts'
import type { NotChecked } from '../model/profiles.ts'
import { type Candidate, signsOf } from './select.ts'
import { treeOf } from './snapshot.ts'
import { resourceTypes } from './target.ts'

/** The profiles and definitions of extensions of some packages, compiled. */
export interface Library {
  /** By `url|version`. */
  readonly profiles: ReadonlyMap<string, Profile>
  /** By URL, in their newest version. */
  readonly newest: ReadonlyMap<string, Profile>
  /** Definitions of extensions by URL, in their newest version. */
  readonly extensions: ReadonlyMap<string, Profile>
  /** What may be chosen for resources that claim nothing, by their type. */
  readonly candidates: ReadonlyMap<string, readonly Candidate[]>
  /** By `url|version`. */
  readonly notChecked: ReadonlyMap<string, readonly NotChecked[]>
}

/** Compiles all that packages define. */
export async function compileLibrary(packages: readonly FhirPackage[]): Promise<Library> {
  const r4 = r4Model()
  const codes = codesOf(packages, r4)
  const definitions = unique(packages.flatMap(({ structures }) => structures))
  const around = { r4, codesOf: codes, compiler: await invariantCompiler(), ...known(definitions) }
  const profiles = new Map<string, Profile>()
  const newest = new Map<string, Profile>()
  const latest = new Map<string, StructureDefinition>()
  const notChecked = new Map<string, NotChecked[]>()
  for (const it of definitions) {
    const made = compileProfile(it, around)
    if (!made) throw new PackageError(`${it.url} has a snapshot whose elements have no ids.`)
    const { profile } = made
    profiles.set(profile.key, profile)
    notChecked.set(profile.key, [...made.notChecked])
    const other = newest.get(it.url)
    if (other && !isNewer(profile.version, other.version)) continue
    newest.set(it.url, profile)
    latest.set(it.url, it)
  }
  const candidates = new Map<string, Candidate[]>()
  for (const profile of newest.values()) {
    const definition = latest.get(profile.url)
    const tree = treeOf(definition?.snapshot?.element ?? [])
    if (!tree || definition?.abstract || !resourceTypes().has(profile.type)) continue
    const sole = [...newest.values()].filter(({ type }) => type === profile.type).length === 1
    const signs = signsOf(tree, codes)
    if (typeof signs === 'string' && !sole)
      notChecked.get(profile.key)?.push({
        profile: profile.key,
        path: profile.type,
        what: 'resources that do not claim it',
        because: signs,
      })
    const candidate = { profile, sole, ancestors: ancestorsOf(profile, newest) }
    const all = candidates.get(profile.type) ?? []
    candidates.set(profile.type, [...all, { ...candidate, signs: typeof signs === 'string' ? [] : signs }])
  }
  const extensions = new Map([...newest].filter(([, { type }]) => type === 'Extension'))
  return { profiles, newest, extensions, candidates, notChecked }
}

/** Each definition once, though packages may share some. */
function unique(definitions: readonly StructureDefinition[]): readonly StructureDefinition[] {
  return [...new Map(definitions.map((it) => [`${it.url}|${it.version ?? ''}`, it])).values()]
}

function known(definitions: readonly StructureDefinition[]) {
  // What a profile is derived from is on the same type, though no package here may hold it.
  const bases = definitions.map((it) => [bare(it.baseDefinition ?? ''), it.type] as const)
  const types = new Map([...bases, ...definitions.map(({ url, type }) => [url, type] as const)])
  const defined = new Set(definitions.map(({ url }) => url))
  return {
    typeOf: (url: string) => coreType(url) ?? types.get(url),
    defines: (url: string) => defined.has(url),
  }
}

const core = 'http://hl7.org/fhir/StructureDefinition/'

function coreType(url: string): string | undefined {
  const name = url.startsWith(core) ? url.slice(core.length) : ''
  return name === 'Resource' || resourceTypes().has(name) ? name : undefined
}

function ancestorsOf({ base }: Profile, newest: ReadonlyMap<string, Profile>): ReadonlySet<string> {
  const ancestors = new Set<string>()
  for (let url = base && bare(base); url !== undefined && !ancestors.has(url); ) {
    ancestors.add(url)
    const next = newest.get(url)?.base
    url = next && bare(next)
  }
  return ancestors
}

function isNewer(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) > 0
}
