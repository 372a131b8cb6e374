import type { Problem } from '../model/structure.ts'
import { r4Model } from '../r4/load.ts'
import { codesOf } from './codes.ts'
import { compileProfile } from './compile.ts'
import { bare, type FhirPackage, type StructureDefinition } from './definitions.ts'
import { judgeExtensions } from './extensions.ts'
import { invariantCompiler } from './invariants.ts'
import { judgeRoot } from './judge.ts'
import { isJson, type Json } from './match.ts'
import type { Profile } from './node.ts'
import { loadPackage, PackageError } from './package.ts'
import type { NotChecked } from './rules.ts'
import { type Candidate, chosen, signsOf } from './select.ts'
import { treeOf } from './snapshot.ts'
import { addOutcomes, mergeTallies, type Outcome, type ProfileTally } from './tally.ts'
import { resourceTypes } from './target.ts'
import { startWalk } from './walk.ts'

/** What a resource and its profiles have to say of each other. */
export interface Judged {
  /** What is wrong with profiles that it claims, and with extensions that a package defines. */
  readonly problems: readonly Problem[]
  /** What it lacks of profiles that are about it and that it does not claim. */
  readonly unmet: readonly Problem[]
  readonly outcomes: readonly Outcome[]
}

/** One profile in a summary. */
export interface ProfileRow {
  readonly url: string
  readonly version: string
  readonly title: string
  readonly type: string
  /** Resources that claim it, and those of them that do not conform to it. */
  readonly claimed: number
  readonly failed: number
  /** Resources it was chosen for, and those of them that do not conform to it. */
  readonly chosen: number
  readonly unmet: number
  /** What must be supported, as the profile calls it. */
  readonly seen: readonly string[]
  readonly notSeen: readonly string[]
  readonly notChecked: readonly NotChecked[]
}

/** The profiles of FHIR packages, ready to judge resources. */
export interface Profiles {
  /** `name version` of each package. */
  readonly packages: readonly string[]
  judge(resource: unknown): Judged
  tally(): ProfileTally
  add(tally: ProfileTally, judged: Judged): void
  merge(a: ProfileTally, b: ProfileTally): ProfileTally
  /** One row a profile of a resource, in the order of their types and URLs, those that no resource was judged against included. */
  summary(tally: ProfileTally): readonly ProfileRow[]
}

/** Reads FHIR packages, .tgz files or folders, and compiles their profiles. Throws a `PackageError` where a path is none. */
export async function openProfiles(paths: readonly string[]): Promise<Profiles> {
  const packages: FhirPackage[] = []
  for (const path of paths) packages.push(await loadPackage(path))
  return compiled(packages)
}

async function compiled(packages: readonly FhirPackage[]): Promise<Profiles> {
  const r4 = r4Model()
  const codes = codesOf(packages, r4)
  const definitions = unique(packages.flatMap(({ structures }) => structures))
  // What a profile is derived from is on the same type, though no package here may hold it.
  const bases = definitions.map((it) => [bare(it.baseDefinition ?? ''), it.type] as const)
  const types = new Map([...bases, ...definitions.map(({ url, type }) => [url, type] as const)])
  const defined = new Set(definitions.map(({ url }) => url))
  const around = {
    r4,
    codesOf: codes,
    compiler: await invariantCompiler(),
    typeOf: (url: string) => coreType(url) ?? types.get(url),
    defines: (url: string) => defined.has(url),
  }
  const profiles = new Map<string, Profile>()
  const newest = new Map<string, Profile>()
  const notChecked = new Map<string, NotChecked[]>()
  const trees = new Map<Profile, StructureDefinition>()
  for (const it of definitions) {
    const made = compileProfile(it, around)
    if (!made) throw new PackageError(`${it.url} has a snapshot without elements.`)
    const { profile } = made
    trees.set(profile, it)
    profiles.set(profile.key, profile)
    const other = newest.get(it.url)
    if (!other || isNewer(profile.version, other.version)) newest.set(it.url, profile)
    notChecked.set(profile.key, [...made.notChecked])
  }
  const extensions = new Map([...newest].filter(([, { type }]) => type === 'Extension'))
  const candidates = new Map<string, Candidate[]>()
  for (const profile of newest.values()) {
    const definition = trees.get(profile)
    const tree = treeOf(definition?.snapshot?.element ?? [])
    if (!tree || definition?.abstract || !resourceTypes().has(profile.type)) continue
    const sole = [...newest.values()].filter(({ type }) => type === profile.type).length === 1
    const all = candidates.get(profile.type) ?? []
    const signs = signsOf(tree, codes)
    if (typeof signs === 'string' && !sole) {
      notChecked.get(profile.key)?.push({
        profile: profile.key,
        path: profile.type,
        what: 'resources that do not claim it',
        because: signs,
      })
      continue
    }
    all.push({
      profile,
      signs: typeof signs === 'string' ? [] : signs,
      sole,
      ancestors: ancestorsOf(profile, newest),
    })
    candidates.set(profile.type, all)
  }
  const rows = [...profiles.values()]
    .filter(({ type }) => resourceTypes().has(type))
    .sort((a, b) => (`${a.type} ${a.key}` < `${b.type} ${b.key}` ? -1 : 1))

  function judge(resource: unknown): Judged {
    const problems: Problem[] = []
    const unmet: Problem[] = []
    const outcomes: Outcome[] = []
    const type = isJson(resource) ? resource.resourceType : undefined
    if (!isJson(resource) || typeof type !== 'string' || !resourceTypes().has(type))
      return { problems, unmet, outcomes }
    const claims = claimed(resource)
    const mine = claims.filter((it) => it.type === type)
    for (const { key, type: on } of claims.filter((it) => it.type !== type))
      problems.push({
        path: `${type}.meta.profile`,
        rule: 'profile-type',
        expected: `profiles on ${type}`,
        actual: `one on ${on}`,
        profile: key,
      })
    for (const profile of mine) outcomes.push(outcome(resource, { profile, problems }, true))
    if (mine.length === 0)
      for (const profile of chosen(candidates.get(type) ?? [], resource))
        outcomes.push(outcome(resource, { profile, problems: unmet }, false))
    judgeExtensions({ definitions: extensions, resource, problems })
    return { problems, unmet, outcomes }
  }

  function claimed({ meta }: Json): readonly Profile[] {
    if (!isJson(meta) || !Array.isArray(meta.profile)) return []
    const found = new Set<Profile>()
    for (const it of meta.profile as unknown[]) {
      const profile = typeof it === 'string' ? (profiles.get(it) ?? newest.get(it)) : undefined
      if (profile && profile.type !== 'Extension') found.add(profile)
    }
    return [...found]
  }

  return {
    packages: packages.map(({ name, version }) => `${name} ${version}`),
    judge,
    tally: () => ({ profiles: {} }),
    add: (tally, { outcomes }) => addOutcomes(tally, outcomes),
    merge: mergeTallies,
    summary: ({ profiles: counts }) =>
      rows.map(({ key, url, version, title, type, supports }): ProfileRow => {
        const { claimed = 0, failed = 0, chosen = 0, unmet = 0, seen = [] } = counts[key] ?? {}
        return {
          ...{ url, version, title, type, claimed, failed, chosen, unmet },
          seen: supports.filter((_, i) => (seen[i] ?? 0) > 0),
          notSeen: supports.filter((_, i) => (seen[i] ?? 0) === 0),
          notChecked: notChecked.get(key) ?? [],
        }
      }),
  }
}

function outcome(
  resource: Json,
  { profile, problems }: { readonly profile: Profile; readonly problems: Problem[] },
  claimed: boolean,
): Outcome {
  const before = problems.length
  const walk = startWalk({ profile, resource, problems }, [profile.type])
  judgeRoot(walk, resource)
  return { profile, claimed, conforms: problems.length === before, seen: walk.seen }
}

/** Each definition once, though packages may share some. */
function unique(definitions: readonly StructureDefinition[]): readonly StructureDefinition[] {
  return [...new Map(definitions.map((it) => [`${it.url}|${it.version ?? ''}`, it])).values()]
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
