import type { ProfileCoverage } from '../model/fhir/profile-coverage.ts'
import type { ResourceProblem } from '../model/fhir/resource-problem.ts'
import { judgeExtensions } from './judge/extensions.ts'
import { judgeAgainstProfile } from './judge/elements-and-slices.ts'
import { compileLibrary, type ProfileLibrary } from './compile/library.ts'
import type { Profile } from './compile/element-rules.ts'
import { loadPackages } from './package/load.ts'
import { selectProfiles } from './compile/profile-selection.ts'
import { profileNotes, profileRows } from './summary/profile-rows.ts'
import {
  countEach,
  countExtensions,
  addOutcomes,
  mergeProfileTallies,
  type ProfileOutcome,
  type ProfileTally,
} from './summary/tally.ts'
import { abstractResourceTypes, modelResourceTypes } from './judge/reference-target.ts'
import { resourcesWithin } from './judge/resources-within.ts'
import { startProfileWalk } from './judge/walk.ts'
import { isJsonObject, type JsonObject } from '../model/json.ts'

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
  /** Whether it claims a profile that needs a definition which cannot be used. */
  readonly isUnusable: boolean
  /** URLs of extensions that no package defines. */
  readonly unknownExtensions: ReadonlySet<string>
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
  const packages = await loadPackages(paths)
  const library = await compileLibrary(packages)
  return {
    packages: packages.map(({ name, version }) => `${name} ${version}`),
    judge: (resource) => judge(resource, library),
    tally: () => ({ profiles: {}, undecided: {}, unheld: {}, unknownExtensions: {} }),
    add(tally, { outcomes, undecided, unheld, unknownExtensions }) {
      addOutcomes(tally, outcomes)
      countEach(tally.undecided, undecided)
      countEach(tally.unheld, unheld)
      countExtensions(tally.unknownExtensions, unknownExtensions)
    },
    merge: mergeProfileTallies,
    seen(tally) {
      const said = profileNotes(tally, packages)
      return { rows: profileRows(tally, library), ...(said.length > 0 ? { notes: said } : {}) }
    },
  }
}

function judge(line: unknown, library: ProfileLibrary): ProfileFindings {
  const problems: ResourceProblem[] = []
  const unmet: ResourceProblem[] = []
  const outcomes: ProfileOutcome[] = []
  const undecided = new Set<string>()
  const unheld = new Set<string>()
  const unknownExtensions = new Set<string>()
  if (!isR4Resource(line))
    return { problems, unmet, outcomes, undecided, unheld: [], unknownExtensions, isUnusable: false }
  const { definitions } = library
  let isUnusable = false
  for (const { resource, rootResource, bundle, path } of resourcesWithin(line)) {
    const type = resource.resourceType as string
    const against = (profile: Profile, claimed: boolean): void => {
      const walk = startProfileWalk(
        { profile, resource, rootResource, bundle, definitions, problems: [], undecided },
        [...path],
      )
      judgeAgainstProfile(walk, resource)
      for (const it of walk.problems) addOnce(claimed ? problems : unmet, it)
      outcomes.push({ profile, claimed, conforms: walk.problems.length === 0, seen: walk.seen })
    }
    const claims = library.claims(resource)
    for (const it of claims.unknownClaims) unheld.add(it)
    isUnusable ||= claims.isUnusable
    for (const it of claims.profiles)
      if (isOn(it, type)) against(it, true)
      else addOnce(problems, wrongType(it, type, path))
    for (const it of claims.laterPatches) if (isOn(it, type)) against(it, false)
    // Nothing chooses for resources within others: what has them says what they are.
    if (resource === line && outcomes.length === 0)
      for (const it of selectProfiles(library.candidates.get(type) ?? [], resource)) against(it, false)
  }
  // Entries of a Bundle often claim the same.
  const judged = [...new Set(outcomes.map(({ profile }) => profile))]
  const definitionsOf = (url: string) => library.extensions.definitions(url, judged)
  const unknown = unknownExtensions
  judgeExtensions({ definitionsOf, definitions, resource: line, problems, undecided, unknown })
  return { problems, unmet, outcomes, undecided, unheld: [...unheld], unknownExtensions, isUnusable }
}

function isR4Resource(it: unknown): it is JsonObject {
  return isJsonObject(it) && typeof it.resourceType === 'string' && modelResourceTypes().has(it.resourceType)
}

function addOnce(problems: ResourceProblem[], it: ResourceProblem): void {
  const { path, rule, expected, profile } = it
  const isKnown = problems.some(
    (other) =>
      other.path === path && other.rule === rule && other.expected === expected && other.profile === profile,
  )
  if (!isKnown) problems.push(it)
}

function isOn({ type }: Profile, resourceType: string): boolean {
  return type === resourceType || abstractResourceTypes.includes(type)
}

function wrongType({ key, type: on }: Profile, type: string, path: readonly string[]): ResourceProblem {
  return {
    path: `${path.join('.')}.meta.profile`,
    rule: 'profile-type',
    expected: `profiles on ${type}`,
    actual: `a profile on ${on}`,
    profile: key,
  }
}
