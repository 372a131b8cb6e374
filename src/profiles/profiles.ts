import type { ProfilesSeen } from '../model/profiles.ts'
import type { Problem } from '../model/structure.ts'
import type { FhirPackage } from './definitions.ts'
import { judgeExtensions } from './extensions.ts'
import { judgeRoot } from './judge.ts'
import { compileLibrary, type Library } from './library.ts'
import { isJson } from './match.ts'
import type { Profile } from './node.ts'
import { loadPackage } from './package.ts'
import { chosen } from './select.ts'
import { notes, summary } from './summary.ts'
import { addEach, addOutcomes, mergeTallies, type Outcome, type ProfileTally } from './tally.ts'
import { abstractTypes, resourceTypes } from './target.ts'
import { startWalk } from './walk.ts'

/** What a resource and its profiles have to say of each other. */
export interface Judged {
  /** What is wrong with profiles that it claims, and with extensions that a package defines. */
  readonly problems: readonly Problem[]
  /** What it lacks of profiles that are about it and that it does not claim. */
  readonly unmet: readonly Problem[]
  readonly outcomes: readonly Outcome[]
  /** Constraints that could not be told, of any of them: `undecidedKey`. */
  readonly undecided: ReadonlySet<string>
  /** What it claims and no package has, in words of the packages. */
  readonly unheld: readonly string[]
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
  seen(tally: ProfileTally): ProfilesSeen
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
    tally: () => ({ profiles: {}, undecided: {}, unheld: {} }),
    add(tally, { outcomes, undecided, unheld }) {
      addOutcomes(tally, outcomes)
      addEach(tally.undecided, undecided)
      addEach(tally.unheld, unheld)
    },
    merge: mergeTallies,
    seen(tally) {
      const said = notes(tally, packages)
      return { rows: summary(tally, library), ...(said.length > 0 ? { notes: said } : {}) }
    },
  }
}

function judge(resource: unknown, library: Library): Judged {
  const type = isJson(resource) ? resource.resourceType : undefined
  const problems: Problem[] = []
  const unmet: Problem[] = []
  const outcomes: Outcome[] = []
  const undecided = new Set<string>()
  if (!isJson(resource) || typeof type !== 'string' || !resourceTypes().has(type))
    return { problems, unmet, outcomes, undecided, unheld: [] }
  const against = (profile: Profile, claimed: boolean): void => {
    const walk = startWalk({ profile, resource, problems: [], undecided }, [type])
    judgeRoot(walk, resource)
    for (const it of walk.problems) (claimed ? problems : unmet).push(it)
    outcomes.push({ profile, claimed, conforms: walk.problems.length === 0, seen: walk.seen })
  }
  const { profiles, unheld } = library.claims(resource)
  for (const it of profiles)
    if (isOn(it, type)) against(it, true)
    else problems.push(wrongType(it, type))
  if (outcomes.length === 0)
    for (const it of chosen(library.candidates.get(type) ?? [], resource)) against(it, false)
  const judged = outcomes.map(({ profile }) => profile)
  const definitions = (url: string) => library.extensions.definitions(url, judged)
  judgeExtensions({ definitions, resource, problems, undecided })
  return { problems, unmet, outcomes, undecided, unheld }
}

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
