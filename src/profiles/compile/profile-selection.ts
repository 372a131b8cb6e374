import type { SliceContext } from './slice-context.ts'
import type { ValueSetCodes } from './code-set.ts'
import { canonicalUrl } from '../package/definitions.ts'
import { isInSlice } from '../judge/matching.ts'
import type { Profile, SliceCondition, SliceStep } from './element-rules.ts'
import { sliceConditions } from './slice-conditions.ts'
import { named } from './slice-steps.ts'
import { type SnapshotBranch, definedValue } from './snapshot-tree.ts'
import type { JsonObject } from '../../model/json.ts'

/** How much a sign says: what an element may have, what it must have, and what the resource is about. */
const criterionWeights = { optional: 1, required: 2, code: 3 } as const

/** Something by which a profile tells its resources from others of their type: an element that has an item which passes all tests of one list. */
export interface SelectionCriterion {
  readonly element: string
  readonly weight: number
  readonly anyOf: readonly (readonly SliceCondition[])[]
}

/**
 * What a profile says of the resources that it is about: the `code` that it asks for or, where it leaves that open, the values that other
 * elements must have. A string says why that cannot be known.
 */
export function selectionCriteria(
  tree: SnapshotBranch,
  around: SliceContext,
): readonly SelectionCriterion[] | string {
  const code = tree.children.get('code')
  const byCode = code ? codeCriteria(code, around) : []
  if (typeof byCode === 'string' || byCode.length > 0) return byCode
  return [...tree.children.values()].flatMap((it) => {
    const place: CriterionPlace = { element: it.name, steps: [] }
    const signs = [...(it.element.min ? valueCriteria(it) : []), ...sliceCriteria(it, place, around)]
    return signs.length > 0 ? signs : optionalSliceCriteria(it, around)
  })
}

const codingStep = named('coding')

function codeCriteria(code: SnapshotBranch, around: SliceContext): readonly SelectionCriterion[] | string {
  const value = valueCriteria(code)
  if (value.length > 0) return value
  const coding = code.children.get('coding')
  const slices = coding ? sliceCriteria(coding, { element: 'code', steps: [codingStep] }, around) : []
  if (slices.length > 0) return slices
  const { strength, valueSet } = code.element.binding ?? {}
  if (!valueSet || strength === 'example') return []
  const codes = around.codesOf(valueSet)
  if (typeof codes !== 'string' && codes.others === undefined)
    return isListed(codes) ? codeListCriteria(codes) : []
  // FHIR R4's own value sets for code are as wide as the type.
  if (strength === 'preferred' || valueSet.startsWith('http://hl7.org/fhir/ValueSet/')) return []
  const why = typeof codes === 'string' ? codes : codes.others
  return `${canonicalUrl(valueSet)} decides which resources it applies to, and ${why}`
}

function codeListCriteria(codes: ValueSetCodes): readonly SelectionCriterion[] {
  return [{ element: 'code', weight: criterionWeights.code, anyOf: [[{ kind: 'codes', steps: [], codes }]] }]
}

function isListed({ open, bare, maybe }: ValueSetCodes): boolean {
  return open.size === 0 && maybe.size === 0 && !bare
}

function valueCriteria({ element, name }: SnapshotBranch): readonly SelectionCriterion[] {
  const fixed = definedValue(element, 'fixed')
  const pattern = definedValue(element, 'pattern')
  if (!fixed && !pattern) return []
  return [
    {
      element: name,
      weight: weightOf(name),
      anyOf: [[{ kind: 'value', steps: [], node: { fixed, pattern } }]],
    },
  ]
}

interface CriterionPlace {
  readonly element: string
  readonly steps: readonly SliceStep[]
}

function sliceCriteria(
  sliced: SnapshotBranch,
  { element, steps }: CriterionPlace,
  around: SliceContext,
): readonly SelectionCriterion[] {
  if (sliced.choice || element === 'extension') return []
  return sliced.slices.flatMap((slice): readonly SelectionCriterion[] => {
    const tests = slice.element.min ? sliceConditions(slice, sliced, around) : ''
    if (typeof tests === 'string') return []
    return [{ element, weight: weightOf(element), anyOf: [tests.map((it) => conditionBelow(it, steps))] }]
  })
}

// An element that must be there, and of whose items each slice is optional: its slices are what the profile has in mind.
function optionalSliceCriteria(sliced: SnapshotBranch, around: SliceContext): readonly SelectionCriterion[] {
  if (sliced.choice || !sliced.element.min || sliced.name === 'extension') return []
  const anyOf = sliced.slices
    .map((it) => sliceConditions(it, sliced, around))
    .filter((it) => typeof it !== 'string')
  return anyOf.length > 0 && anyOf.length === sliced.slices.length
    ? [{ element: sliced.name, weight: criterionWeights.optional, anyOf }]
    : []
}

function weightOf(element: string): number {
  return element === 'code' ? criterionWeights.code : criterionWeights.required
}

function conditionBelow(condition: SliceCondition, steps: readonly SliceStep[]): SliceCondition {
  return { ...condition, steps: [...steps, ...condition.steps] }
}

/** A profile that can be chosen for resources that claim none. */
export interface ProfileCandidate {
  readonly profile: Profile
  readonly criteria: readonly SelectionCriterion[]
  /** Whether its guide says that all resources of its type conform to it. */
  readonly everywhere: boolean
  /** Whether its guide names no other profile on its type that servers support. */
  readonly sole: boolean
  /** URLs of the profiles that it is derived from. */
  readonly ancestors: ReadonlySet<string>
}

/**
 * The profiles that a resource is judged against though it claims none: those that a guide names for all resources of its type, and those it is
 * about. Where several are, those of whose signs say most, and of profiles derived from each other the last.
 */
export function selectProfiles(
  candidates: readonly ProfileCandidate[],
  resource: JsonObject,
): readonly Profile[] {
  const fit = candidates.filter(
    ({ sole, criteria: signs }) =>
      sole || (signs.length > 0 && signs.every((it) => meetsCriterion(resource, it))),
  )
  const most = Math.max(...fit.map(highestWeight))
  const best = fit.filter((it) => highestWeight(it) === most)
  const chosen = best.filter(({ profile }) => !best.some(({ ancestors }) => ancestors.has(profile.url)))
  return candidates.filter((it) => it.everywhere || chosen.includes(it)).map(({ profile }) => profile)
}

function highestWeight({ criteria: signs }: ProfileCandidate): number {
  return Math.max(0, ...signs.map(({ weight }) => weight))
}

function meetsCriterion(resource: JsonObject, { element, anyOf }: SelectionCriterion): boolean {
  const value = resource[element]
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.some(
    (value) =>
      value !== undefined &&
      anyOf.some((it) => isInSlice(it, { value, underscoreValue: undefined, type: undefined }) === 'yes'),
  )
}
