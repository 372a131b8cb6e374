import type { NotChecked } from '../model/profiles.ts'
import { r4Model } from '../r4/load.ts'
import { type Claimer, claimer } from './claims.ts'
import { codesOf } from './codes.ts'
import { compileProfile } from './compile.ts'
import { bare, type FhirPackage, keyOf, type StructureDefinition } from './definitions.ts'
import { invariantCompiler } from './invariants.ts'
import type { Profile } from './node.ts'
import { PackageError } from './package.ts'
import { type Candidate, signsOf } from './select.ts'
import { type Shelf, shelve } from './shelf.ts'
import { treeOf } from './snapshot.ts'
import { resourceTypes } from './target.ts'
import { type Extensions, extensionsOf } from './uses.ts'

/** The profiles and definitions of extensions of some packages, compiled. */
export interface Library {
  /** By `url|version`. */
  readonly profiles: ReadonlyMap<string, Profile>
  readonly claims: Claimer
  readonly extensions: Extensions
  /** What may be chosen for resources that claim nothing, by their type. */
  readonly candidates: ReadonlyMap<string, readonly Candidate[]>
  /** By `url|version`. */
  readonly notChecked: ReadonlyMap<string, readonly NotChecked[]>
}

/** Compiles all that packages define. */
export async function compileLibrary(packages: readonly FhirPackage[]): Promise<Library> {
  const r4 = r4Model()
  const codes = codesOf(packages, r4)
  const shelf = shelve(packages, ({ structures }) => structures)
  const around = { r4, compiler: await invariantCompiler(), typeOf: typesOf(shelf) }
  const profiles = new Map<string, Profile>()
  const notChecked = new Map<string, NotChecked[]>()
  const homes = new Map<Profile, FhirPackage>()
  for (const { it, from } of shelf.all) {
    const defines = (canonical: string) => shelf.find(canonical, from) !== undefined
    const made = compileProfile(it, { ...around, codesOf: codes(from), defines })
    if (!made) throw new PackageError(`${it.url} has a snapshot without elements.`)
    profiles.set(made.profile.key, made.profile)
    notChecked.set(made.profile.key, [...made.notChecked])
    homes.set(made.profile, from)
  }
  const newest = new Map<string, Profile>()
  const candidates = new Map<string, Candidate[]>()
  const newestFound = shelf.all.filter((found) => shelf.find(found.it.url)?.it === found.it)
  for (const { it } of newestFound) {
    const profile = profiles.get(keyOf(it))
    if (profile) newest.set(it.url, profile)
  }
  for (const { it, from } of newestFound) {
    const profile = newest.get(it.url)
    const tree = treeOf(it.snapshot?.element ?? [])
    if (!profile || !tree || it.abstract || !resourceTypes().has(profile.type)) continue
    const sole = newestFound.filter((other) => other.it.type === profile.type).length === 1
    const signs = signsOf(tree, codes(from))
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
  const definition = (canonical: string, of?: Profile): Profile | undefined => {
    const found = shelf.find(canonical, of && homes.get(of))
    return found && profiles.get(keyOf(found.it))
  }
  return {
    profiles,
    claims: claimer(packages, { profiles, newest }),
    extensions: extensionsOf(
      definition,
      (profile, url) => shelf.find(url, homes.get(profile))?.from === homes.get(profile),
    ),
    candidates,
    notChecked,
  }
}

function typesOf(shelf: Shelf<StructureDefinition>): (url: string) => string | undefined {
  // What a profile is derived from is on the same type, though no package here may hold it.
  const bases = shelf.all.map(({ it }) => [bare(it.baseDefinition ?? ''), it.type] as const)
  const types = new Map([...bases, ...shelf.all.map(({ it }) => [it.url, it.type] as const)])
  return (url) => coreType(url) ?? types.get(url)
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
