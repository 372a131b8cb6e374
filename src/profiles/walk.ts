import type { Problem } from '../model/structure.ts'
import type { Json } from './match.ts'
import type { Profile } from './node.ts'

/** A profile on its way through a resource. */
export interface Walk {
  readonly profile: Profile
  readonly resource: Json
  readonly problems: Problem[]
  /** 1 at the positions of what the profile must support and the resource has. */
  readonly seen: Uint8Array
  /** Names on the way to where it is: all of them from definitions. */
  readonly path: string[]
}

// One resource tells enough by then.
const most = 100

/** Starts at a resource, or at an extension within it. */
export function startWalk(
  { profile, resource, problems }: Pick<Walk, 'profile' | 'resource' | 'problems'>,
  path: string[],
): Walk {
  return { profile, resource, problems, seen: new Uint8Array(profile.supports.length), path }
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
