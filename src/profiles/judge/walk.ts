import type { ResourceProblem } from '../../model/fhir/resource-problem.ts'
import type { ElementValue } from '../compile/fhirpath.ts'
import type { UndecidedReason } from '../compile/undecided-reason.ts'
import type { ElementRules, Profile } from '../compile/element-rules.ts'
import type { ResourceSurroundings } from './reference-target.ts'
import type { JsonObject } from '../../model/json.ts'

/** A profile on its way through a resource. */
export interface ProfileWalk extends ResourceSurroundings {
  readonly profile: Profile
  /** The innermost resource that has the element. */
  readonly resource: JsonObject
  readonly definitions: DefinitionLookup
  readonly problems: ResourceProblem[]
  /** 1 at the positions of what the profile must support and the resource has. */
  readonly seen: Uint8Array
  /** Undecided constraints: `undecidedKey`. */
  readonly undecided: Set<string>
  /** Names on the way to where it is: all of them from definitions. */
  readonly path: string[]
  /** Number of profiles that led to this one. */
  readonly depth: number
}

/** One item of an element. */
export interface ElementItem extends ElementValue {
  /** Of a choice element. */
  readonly type: string | undefined
}

/** Judges one item of an element against the rules of the element, or of a slice. */
export type ItemJudge = (walk: ProfileWalk, node: ElementRules, item: ElementItem) => void

/** Finds what profiles refer to. */
export interface DefinitionLookup {
  /** The profile that a canonical of another one stands for. */
  readonly profileOf: (canonical: string, of: Profile) => Profile | undefined
  /** The type that a profile is on, be it in a package or FHIR R4's own. */
  readonly typeOf: (canonical: string) => string | undefined
}

// One resource tells enough by then.
const mostProblemsPerWalk = 100

/** Starts at a resource, or at an extension within it. */
export function startProfileWalk(
  given: Omit<ProfileWalk, 'seen' | 'path' | 'depth'>,
  path: string[],
): ProfileWalk {
  const { profile, resource, rootResource, bundle, definitions, problems, undecided } = given
  const seen = new Uint8Array(profile.supports.length)
  // Spelled out, because spreading takes longer than judging most resources.
  return { profile, resource, rootResource, bundle, definitions, problems, undecided, seen, path, depth: 0 }
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
