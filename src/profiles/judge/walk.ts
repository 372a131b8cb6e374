import type { ResourceProblem } from '../../model/fhir/resource-problem.ts'
import type { UndecidedReason } from '../compile/fhirpath.ts'
import type { Profile } from '../compile/element-rules.ts'
import type { JsonObject } from '../../model/json.ts'

/** A profile on its way through a resource. */
export interface ProfileWalk {
  readonly profile: Profile
  readonly resource: JsonObject
  readonly problems: ResourceProblem[]
  /** 1 at the positions of what the profile must support and the resource has. */
  readonly seen: Uint8Array
  /** Undecided constraints: `undecidedKey`. */
  readonly undecided: Set<string>
  /** Names on the way to where it is: all of them from definitions. */
  readonly path: string[]
}

// One resource tells enough by then.
const mostProblemsPerWalk = 100

/** Starts at a resource, or at an extension within it. */
export function startProfileWalk(
  given: Pick<ProfileWalk, 'profile' | 'resource' | 'problems' | 'undecided'>,
  path: string[],
): ProfileWalk {
  return { ...given, seen: new Uint8Array(given.profile.supports.length), path }
}

/** Key of an undecided constraint of a profile and its reason, for counting. */
export function undecidedKey({ key }: Profile, at: number, because: UndecidedReason): string {
  return `${key} ${at} ${because}`
}

/** Notes a problem, once: a slice and its element often ask for the same. */
export function addProfileProblem(
  { problems, path, profile: { key } }: ProfileWalk,
  rule: string,
  { expected, actual }: Pick<ResourceProblem, 'expected' | 'actual'>,
): void {
  if (problems.length >= mostProblemsPerWalk) return
  const at = path.join('.')
  for (const it of problems)
    if (it.path === at && it.rule === rule && it.expected === expected && it.profile === key) return
  problems.push({ path: at, rule, expected, actual, profile: key })
}
