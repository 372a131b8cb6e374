import type { Certainty } from '../compile/code-set.ts'
import type { ElementRules, Profile, TypeProfiles } from '../compile/element-rules.ts'
import { addProfileProblem, type ElementItem, type ItemJudge, type ProfileWalk } from './walk.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** Judges a value by the profiles of which it has to conform to one. */
export function judgeTypeProfiles(
  walk: ProfileWalk,
  profiles: readonly TypeProfiles[],
  item: ElementItem,
  judgeItem: ItemJudge,
): void {
  const type = item.type ?? resourceTypeOf(item.value)
  const asked = profiles.filter((it) => it.type === 'Resource' || type === undefined || it.type === type)
  const known = asked.flatMap((it) => it.profiles.flatMap((canonical) => findProfile(walk, canonical) ?? []))
  // A resource of another type is another problem.
  const fit = known.filter((it) => type === undefined || it.type === type)
  const [first, ...others] = fit
  if (!first || fit.length < known.length || walk.depth >= deepest) return
  if (others.length === 0) {
    judgeItem(walkInto(walk, first, item.value, walk), first.root, item)
    return
  }
  const isMet = fit.some((profile) => {
    const inner = walkInto(walk, profile, item.value, { problems: [], undecided: new Set() })
    judgeItem(inner, profile.root, item)
    return inner.problems.length === 0
  })
  if (isMet) return
  addProfileProblem(walk, 'type-profile', {
    expected: `a value that conforms to one of ${fit.map(({ key }) => key).join(', ')}`,
    actual: 'a value that conforms to none of them',
  })
}

/** Whether a resource conforms to a profile that the profile of a walk names, as far as is known. */
export function conformance(
  walk: ProfileWalk,
  value: JsonObject,
  canonical: string,
  judgeItem: ItemJudge,
): Certainty {
  const of = walk.definitions.typeOf(canonical)
  const type = resourceTypeOf(value)
  if (of !== undefined && type !== undefined && of !== type && of !== 'Resource') return 'no'
  const profile = findProfile(walk, canonical)
  // FHIR R4 itself judges whether a resource is one of its type.
  if (!profile) return of !== undefined && isR4Own(canonical, of) ? 'yes' : 'unknown'
  if (walk.depth >= deepest) return 'unknown'
  const inner = walkInto(walk, profile, value, { problems: [], undecided: new Set() })
  judgeItem(inner, profile.root, { value, underscoreValue: undefined, type: undefined })
  if (inner.problems.length > 0) return 'no'
  return inner.undecided.size > 0 ? 'unknown' : 'yes'
}

/** A walk in a resource that stands in an element of another. */
export function walkWithin(
  walk: ProfileWalk,
  { name }: Pick<ElementRules, 'name'>,
  value: JsonObject,
): ProfileWalk {
  if (typeof value.resourceType !== 'string' || value === walk.resource) return walk
  if (name === 'contained') return { ...walk, resource: value }
  const bundle = walk.resource.resourceType === 'Bundle' ? walk.resource : walk.bundle
  return { ...walk, resource: value, rootResource: value, bundle }
}

// Resources can refer to each other in a circle.
const deepest = 8

function walkInto(
  walk: ProfileWalk,
  profile: Profile,
  value: unknown,
  into: Pick<ProfileWalk, 'problems' | 'undecided'>,
): ProfileWalk {
  const name = walk.path.at(-1)?.startsWith('contained') ? 'contained' : ''
  const { problems, undecided } = into
  const within = isJsonObject(value) ? walkWithin(walk, { name }, value) : walk
  const seen = new Uint8Array(profile.supports.length)
  return { ...within, profile, problems, undecided, seen, path: [...walk.path], depth: walk.depth + 1 }
}

function findProfile({ definitions, profile }: ProfileWalk, canonical: string): Profile | undefined {
  return definitions.profileOf(canonical, profile)
}

function isR4Own(canonical: string, type: string): boolean {
  return canonical === `http://hl7.org/fhir/StructureDefinition/${type}`
}

function resourceTypeOf(value: unknown): string | undefined {
  return isJsonObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined
}
