import type { UncheckedRule } from '../../model/fhir/profile-coverage.ts'
import { r4Model } from '../../r4/load.ts'
import { type ClaimReader, claimReader } from '../judge/claims.ts'
import { valueSetLookups } from './value-sets.ts'
import { compileProfile } from './profile.ts'
import { needsOneOf, unusableUrls } from '../package/unusable.ts'
import {
  canonicalUrl,
  type FhirPackage,
  canonicalKey,
  type StructureDefinition,
} from '../package/definitions.ts'
import { invariantCompiler } from './fhirpath.ts'
import type { Profile } from './element-rules.ts'
import { type ProfileCandidate, selectionCriteria } from './profile-selection.ts'
import { type CanonicalIndex, indexByCanonical } from '../package/canonical-index.ts'
import { type SnapshotBranch, snapshotTree } from './snapshot-tree.ts'
import type { DefinitionLookup } from '../judge/walk.ts'
import { modelResourceTypes } from '../judge/reference-target.ts'
import { type ExtensionDefinitions, extensionDefinitions } from './extension-definitions.ts'

/** The profiles and definitions of extensions of some packages, compiled. */
export interface ProfileLibrary {
  /** By `url|version`. */
  readonly profiles: ReadonlyMap<string, Profile>
  readonly claims: ClaimReader
  readonly extensions: ExtensionDefinitions
  /** What may be chosen for resources that claim nothing, by their type. */
  readonly candidates: ReadonlyMap<string, readonly ProfileCandidate[]>
  readonly definitions: DefinitionLookup
  /** By `url|version`. */
  readonly notChecked: ReadonlyMap<string, readonly UncheckedRule[]>
}

/** Compiles all that packages define. */
export async function compileLibrary(packages: readonly FhirPackage[]): Promise<ProfileLibrary> {
  const r4 = r4Model()
  const codes = valueSetLookups(packages, r4)
  const shelf = indexByCanonical(packages, ({ structures }) => structures)
  const around = { r4, compiler: await invariantCompiler(), typeOf: typesOf(shelf) }
  const trees = treesOf(shelf)
  const unusable = unusableUrls(packages)
  const needsUnusable = new Set<string>()
  const profiles = new Map<string, Profile>()
  const notChecked = new Map<string, UncheckedRule[]>()
  const homes = new Map<Profile, FhirPackage>()
  for (const { it, from } of shelf.all) {
    const defines = (canonical: string) => shelf.find(canonical, from) !== undefined
    const made = compileProfile(it, { ...around, codesOf: codes(from), defines, treeOf: trees(from) })
    if (!made) continue
    if (needsOneOf(it, unusable)) needsUnusable.add(made.profile.key)
    profiles.set(made.profile.key, made.profile)
    notChecked.set(made.profile.key, [...made.notChecked])
    homes.set(made.profile, from)
  }
  const newest = new Map<string, Profile>()
  const candidates = new Map<string, ProfileCandidate[]>()
  const newestFound = shelf.all.filter((found) => shelf.find(found.it.url)?.it === found.it)
  for (const { it } of newestFound) {
    const profile = profiles.get(canonicalKey(it))
    if (profile) newest.set(it.url, profile)
  }
  const rules = packages.map((it) => it.rules)
  const ruled = (url: string) => ({
    everywhere: rules.some((it) => it.everywhere.some((named) => canonicalUrl(named) === url)),
    sole: rules.some((it) => it.sole.some((named) => canonicalUrl(named) === url)),
  })
  for (const { it, from } of newestFound) {
    const profile = newest.get(it.url)
    const tree = snapshotTree(it.snapshot?.element ?? [])
    if (!profile || !tree || it.abstract || !modelResourceTypes().has(profile.type)) continue
    const { everywhere, sole } = ruled(it.url)
    const signs = selectionCriteria(tree, { ...around, codesOf: codes(from), treeOf: trees(from) })
    if (typeof signs === 'string' && !sole && !everywhere)
      notChecked.get(profile.key)?.push({
        profile: profile.key,
        path: profile.type,
        what: 'resources that do not claim it',
        because: signs,
      })
    const candidate = { profile, everywhere, sole, ancestors: ancestorsOf(profile, newest) }
    const all = candidates.get(profile.type) ?? []
    candidates.set(profile.type, [...all, { ...candidate, criteria: typeof signs === 'string' ? [] : signs }])
  }
  const definition = (canonical: string, of?: Profile): Profile | undefined => {
    const found = shelf.find(canonical, of && homes.get(of))
    return found && profiles.get(canonicalKey(found.it))
  }
  return {
    profiles,
    claims: claimReader(packages, { profiles, newest, isUnusable: (it) => needsUnusable.has(it.key) }),
    extensions: extensionDefinitions(
      definition,
      (profile, url) => shelf.find(url, homes.get(profile))?.from === homes.get(profile),
    ),
    candidates,
    definitions: { profileOf: definition, typeOf: (canonical) => around.typeOf(canonicalUrl(canonical)) },
    notChecked,
  }
}

function treesOf(
  shelf: CanonicalIndex<StructureDefinition>,
): (from: FhirPackage) => (canonical: string) => SnapshotBranch | undefined {
  const known = new Map<StructureDefinition, SnapshotBranch | undefined>()
  return (from) => (canonical) => {
    const it = shelf.find(canonical, from)?.it
    if (it && !known.has(it)) known.set(it, snapshotTree(it.snapshot?.element ?? []))
    return it && known.get(it)
  }
}

function typesOf(shelf: CanonicalIndex<StructureDefinition>): (url: string) => string | undefined {
  // What a profile is derived from is on the same type, though no package here may hold it.
  const bases = shelf.all.map(({ it }) => [canonicalUrl(it.baseDefinition ?? ''), it.type] as const)
  const types = new Map([...bases, ...shelf.all.map(({ it }) => [it.url, it.type] as const)])
  return (url) => coreType(url) ?? types.get(url)
}

const core = 'http://hl7.org/fhir/StructureDefinition/'

function coreType(url: string): string | undefined {
  const name = url.startsWith(core) ? url.slice(core.length) : ''
  return name === 'Resource' || modelResourceTypes().has(name) ? name : undefined
}

function ancestorsOf({ base }: Profile, newest: ReadonlyMap<string, Profile>): ReadonlySet<string> {
  const ancestors = new Set<string>()
  for (let url = base && canonicalUrl(base); url !== undefined && !ancestors.has(url); ) {
    ancestors.add(url)
    const next = newest.get(url)?.base
    url = next && canonicalUrl(next)
  }
  return ancestors
}
