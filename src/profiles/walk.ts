import type { Problem } from '../model/structure.ts'
import type { Undecided } from './invariants.ts'
import type { Json } from './match.ts'
import type { Profile } from './node.ts'

/** A profile on its way through a resource. */
export interface Walk {
  readonly profile: Profile
  readonly resource: Json
  readonly problems: Problem[]
  /** 1 at the positions of what the profile must support and the resource has. */
  readonly seen: Uint8Array
  /** Constraints that could not be told: `undecidedKey`. */
  readonly undecided: Set<string>
  /** Names on the way to where it is: all of them from definitions. */
  readonly path: string[]
}

// One resource tells enough by then.
const most = 100

/** Starts at a resource, or at an extension within it. */
export function startWalk(
  given: Pick<Walk, 'profile' | 'resource' | 'problems' | 'undecided'>,
  path: string[],
): Walk {
  return { ...given, seen: new Uint8Array(given.profile.supports.length), path }
}

/** Names a constraint of a profile that could not be told, and why, for counting. */
export function undecidedKey({ key }: Profile, at: number, because: Undecided): string {
  return `${key} ${at} ${because}`
}

/** Notes a problem, once: a slice and its element often ask for the same. */
export function report(
  { problems, path, profile: { key } }: Walk,
  rule: string,
  { expected, actual }: Pick<Problem, 'expected' | 'actual'>,
): void {
  if (problems.length >= most) return
  const at = path.join('.')
  for (const it of problems)
    if (it.path === at && it.rule === rule && it.expected === expected && it.profile === key) return
  problems.push({ path: at, rule, expected, actual, profile: key })
}
