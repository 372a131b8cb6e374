import type { ProfileCoverage } from '../model/fhir/profile-coverage.ts'
import type { ResourceProblem } from '../model/fhir/resource-problem.ts'
import type { FhirPackage } from './package/definitions.ts'
import { judgeExtensions } from './judge/extensions.ts'
import { judgeAgainstProfile } from './judge/elements-and-slices.ts'
import { compileLibrary, type ProfileLibrary } from './compile/library.ts'
import type { Profile } from './compile/element-rules.ts'
import { loadPackage } from './package/load.ts'
import { selectProfiles } from './compile/profile-selection.ts'
import { profileNotes, profileRows } from './summary/profile-rows.ts'
import {
  countEach,
  addOutcomes,
  mergeProfileTallies,
  type ProfileOutcome,
  type ProfileTally,
} from './summary/tally.ts'
import { abstractResourceTypes, modelResourceTypes } from './judge/reference-target.ts'
import { startProfileWalk } from './judge/walk.ts'
import { isJsonObject } from '../model/json.ts'

/** What a resource and its profiles have to say of each other. */
interface ProfileFindings {
  /** What is wrong with profiles that it claims, and with extensions that a package defines. */
  readonly problems: readonly ResourceProblem[]
  /** What it lacks of profiles that are about it and that it does not claim. */
  readonly unmet: readonly ResourceProblem[]
  readonly outcomes: readonly ProfileOutcome[]
  /** Undecided constraints of all profiles: `undecidedKey`. */
  readonly undecided: ReadonlySet<string>
  /** What it claims and no package has, in words of the packages. */
  readonly unheld: readonly string[]
}

/** The profiles of FHIR packages, ready to judge resources. */
export interface Profiles {
  /** `name version` of each package. */
  readonly packages: readonly string[]
  judge(resource: unknown): ProfileFindings
  tally(): ProfileTally
  add(tally: ProfileTally, judged: ProfileFindings): void
  merge(a: ProfileTally, b: ProfileTally): ProfileTally
  /** One row a profile of a resource, in the order of their types and URLs, those that no resource was judged against included. */
  seen(tally: ProfileTally): ProfileCoverage
}

/**
 * Reads FHIR packages, .tgz files or folders, and compiles their profiles; throws a `PackageError` if a path is not a package. What it gives holds
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
      countEach(tally.undecided, undecided)
      countEach(tally.unheld, unheld)
    },
    merge: mergeProfileTallies,
    seen(tally) {
      const said = profileNotes(tally, packages)
      return { rows: profileRows(tally, library), ...(said.length > 0 ? { notes: said } : {}) }
    },
  }
}

function judge(resource: unknown, library: ProfileLibrary): ProfileFindings {
  const type = isJsonObject(resource) ? resource.resourceType : undefined
  const problems: ResourceProblem[] = []
  const unmet: ResourceProblem[] = []
  const outcomes: ProfileOutcome[] = []
  const undecided = new Set<string>()
  if (!isJsonObject(resource) || typeof type !== 'string' || !modelResourceTypes().has(type))
    return { problems, unmet, outcomes, undecided, unheld: [] }
  const against = (profile: Profile, claimed: boolean): void => {
    const walk = startProfileWalk({ profile, resource, problems: [], undecided }, [type])
    judgeAgainstProfile(walk, resource)
    for (const it of walk.problems) (claimed ? problems : unmet).push(it)
    outcomes.push({ profile, claimed, conforms: walk.problems.length === 0, seen: walk.seen })
  }
  const { profiles, unknownClaims: unheld } = library.claims(resource)
  for (const it of profiles)
    if (isOn(it, type)) against(it, true)
    else problems.push(wrongType(it, type))
  if (outcomes.length === 0)
    for (const it of selectProfiles(library.candidates.get(type) ?? [], resource)) against(it, false)
  const judged = outcomes.map(({ profile }) => profile)
  const definitions = (url: string) => library.extensions.definitions(url, judged)
  judgeExtensions({ definitions, resource, problems, undecided })
  return { problems, unmet, outcomes, undecided, unheld }
}

function isOn({ type }: Profile, resourceType: string): boolean {
  return type === resourceType || abstractResourceTypes.includes(type)
}

function wrongType({ key, type: on }: Profile, type: string): ResourceProblem {
  return {
    path: `${type}.meta.profile`,
    rule: 'profile-type',
    expected: `profiles on ${type}`,
    actual: `a profile on ${on}`,
    profile: key,
  }
}
