import type { ProfileRow } from '../model/profiles.ts'
import type { Problem } from '../model/structure.ts'
import type { FhirPackage } from './definitions.ts'
import { judgeExtensions } from './extensions.ts'
import { judgeRoot } from './judge.ts'
import { compileLibrary, type Library } from './library.ts'
import { isJson, type Json } from './match.ts'
import type { Profile } from './node.ts'
import { loadPackage } from './package.ts'
import { chosen } from './select.ts'
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

/**
 * Reads FHIR packages, .tgz files or folders, and compiles their profiles; throws a `PackageError` where a path is none. What it gives holds
 * functions: workers open the same paths themselves, in the same order, and their tallies agree.
 */
export async function openProfiles(paths: readonly string[]): Promise<Profiles> {
  const packages: FhirPackage[] = []
  for (const path of paths) packages.push(await loadPackage(path))
  const library = await compileLibrary(packages)
  return {
    packages: packages.map(({ name, version }) => `${name} ${version}`),
    judge: (resource) => judge(resource, library),
    tally: () => ({ profiles: {} }),
    add: (tally, { outcomes }) => addOutcomes(tally, outcomes),
    merge: mergeTallies,
    summary: (tally) => summary(tally, library),
  }
}

function judge(resource: unknown, library: Library): Judged {
  const type = isJson(resource) ? resource.resourceType : undefined
  if (!isJson(resource) || typeof type !== 'string' || !resourceTypes().has(type))
    return { problems: [], unmet: [], outcomes: [] }
  const problems: Problem[] = []
  const unmet: Problem[] = []
  const outcomes: Outcome[] = []
  const against = (profile: Profile, claimed: boolean): void => {
    const walk = startWalk({ profile, resource, problems: [] }, [type])
    judgeRoot(walk, resource)
    for (const it of walk.problems) (claimed ? problems : unmet).push(it)
    outcomes.push({ profile, claimed, conforms: walk.problems.length === 0, seen: walk.seen })
  }
  const claims = claimedBy(resource, library)
  for (const it of claims)
    if (isOn(it, type)) against(it, true)
    else problems.push(wrongType(it, type))
  if (outcomes.length === 0)
    for (const it of chosen(library.candidates.get(type) ?? [], resource)) against(it, false)
  judgeExtensions({ definitions: library.extensions, resource, problems })
  return { problems, unmet, outcomes }
}

function claimedBy({ meta }: Json, { profiles, newest }: Library): readonly Profile[] {
  if (!isJson(meta) || !Array.isArray(meta.profile)) return []
  const found = new Set<Profile>()
  for (const it of meta.profile as unknown[]) {
    const profile = typeof it === 'string' ? (profiles.get(it) ?? newest.get(it)) : undefined
    if (profile) found.add(profile)
  }
  return [...found]
}

const abstractTypes: readonly string[] = ['Resource', 'DomainResource']

function isOn({ type }: Profile, resourceType: string): boolean {
  return type === resourceType || abstractTypes.includes(type)
}

function wrongType({ key, type: on }: Profile, type: string): Problem {
  return {
    path: `${type}.meta.profile`,
    rule: 'profile-type',
    expected: `profiles on ${type}`,
    actual: `one on ${on}`,
    profile: key,
  }
}

function summary(
  { profiles: counts }: ProfileTally,
  { profiles, notChecked }: Library,
): readonly ProfileRow[] {
  return [...profiles.values()]
    .filter(({ type }) => resourceTypes().has(type) || abstractTypes.includes(type))
    .sort((a, b) => (`${a.type} ${a.key}` < `${b.type} ${b.key}` ? -1 : 1))
    .map(({ key, url, version, title, type, supports }): ProfileRow => {
      const { claimed = 0, failed = 0, chosen: picked = 0, unmet = 0, seen = [] } = counts[key] ?? {}
      return {
        ...{ url, version, title, type, claimed, failed, chosen: picked, unmet },
        seen: supports.filter((_, i) => (seen[i] ?? 0) > 0),
        notSeen: supports.filter((_, i) => (seen[i] ?? 0) === 0),
        notChecked: notChecked.get(key) ?? [],
      }
    })
}
