import { bindableTypes } from '../compile/element-constraints.ts'
import type { Certainty } from '../compile/value-sets.ts'
import { hasElementContent } from '../element-content.ts'
import { type ElementInvariants, type ElementValue, fhirPathBaseOf } from '../compile/fhirpath.ts'
import { isInValueSet, isInSlice, matchesJsonPattern, equalsFixed } from './matching.ts'
import type { ChoiceType, ElementRules, SlicingRules, DefinedValue } from '../compile/element-rules.ts'
import { referenceTargetType } from './reference-target.ts'
import { addProfileProblem, undecidedKey, type ProfileWalk } from './walk.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'
import { ownProperty } from '../own-property.ts'

/** Judges a resource, or an extension, against the profile of the walk. */
export function judgeAgainstProfile(walk: ProfileWalk, root: JsonObject): void {
  const { root: node } = walk.profile
  judgeItem(walk, node, { value: root, underscoreValue: undefined, type: undefined })
}

/** One item of an element. */
interface ElementItem extends ElementValue {
  /** Of a choice element. */
  readonly type: string | undefined
}

function judgeChildren(walk: ProfileWalk, node: ElementRules, parent: JsonObject): void {
  const { path } = walk
  for (const child of node.children) {
    const choice = child.choices && choiceIn(child.choices, parent)
    const name = choice ? choice.name : child.name
    const value = ownProperty(parent, name)
    const shadow = ownProperty(parent, choice ? choice.underscoreName : child.underscoreName)
    const there = child.choices ? choice !== undefined : value !== undefined || shadow !== undefined
    path.push(child.choices && !choice ? `${child.name}[x]` : name)
    if (!there) judgeAbsent(walk, child)
    else {
      if (choice) judgeChoice(walk, child, choice, hasElementContent(value) || hasElementContent(shadow))
      judgeElement(walk, child, { value, underscoreValue: shadow, type: choice?.type })
    }
    path.pop()
  }
}

function choiceIn(choices: readonly ChoiceType[], parent: JsonObject): ChoiceType | undefined {
  for (const it of choices)
    if (ownProperty(parent, it.name) !== undefined || ownProperty(parent, it.underscoreName) !== undefined)
      return it
  return undefined
}

function judgeChoice(
  walk: ProfileWalk,
  { choices }: ElementRules,
  { allowed, support }: ChoiceType,
  says: boolean,
): void {
  if (support !== -1 && says) walk.seen[support] = 1
  if (allowed) return
  const types = choices?.filter((it) => it.allowed).map(({ type }) => type) ?? []
  addProfileProblem(walk, 'choice', {
    expected: `a value of type ${types.join(' or ')}`,
    actual: 'another type',
  })
}

function judgeAbsent(walk: ProfileWalk, { min, slicing }: ElementRules): void {
  if (min > 0) addProfileProblem(walk, 'min', { expected: `at least ${min}`, actual: 'none' })
  // An absent optional element may have mandatory slices.
  else for (const { node } of slicing?.slices ?? []) if (node.min > 0) reportTooFew(walk, node, 0)
}

function judgeElement(
  walk: ProfileWalk,
  node: ElementRules,
  { value, underscoreValue: shadow, type }: ElementItem,
): void {
  const { min, max } = node
  const values = Array.isArray(value) ? value : undefined
  const shadows = Array.isArray(shadow) ? shadow : undefined
  const count = values || shadows ? Math.max(values?.length ?? 0, shadows?.length ?? 0) : 1
  if (count < min) reportTooFew(walk, node, count)
  if (count > max) reportTooMany(walk, node)
  const counts = node.slicing && emptySliceCounts(node.slicing)
  for (let i = 0; i < count; i++) {
    const item: ElementItem = {
      value: values ? values[i] : value,
      underscoreValue: shadows ? shadows[i] : shadow,
      type,
    }
    judgeItem(walk, node, item)
    if (node.slicing && counts) judgeSlices(walk, node.slicing, { item, counts })
  }
  if (node.slicing && counts) judgeCounts(walk, node.slicing, counts)
}

/** Number of items that are in each slice, and that may be in it. */
interface SliceCounts {
  readonly sure: number[]
  readonly unsure: number[]
  /** Whether an item was in no slice. */
  outside: boolean
}

function emptySliceCounts({ slices }: SlicingRules): SliceCounts {
  return { sure: slices.map(() => 0), unsure: slices.map(() => 0), outside: false }
}

function judgeSlices(
  walk: ProfileWalk,
  { slices, rules }: SlicingRules,
  { item, counts }: { readonly item: ElementItem; readonly counts: SliceCounts },
): void {
  const { sure, unsure } = counts
  let isInAny: Certainty = 'no'
  for (let i = 0; i < slices.length; i++) {
    const slice = slices[i]
    if (!slice) continue
    const inIt = isInSlice(slice.conditions, item.value, item.type)
    if (inIt === 'yes') {
      isInAny = 'yes'
      sure[i] = (sure[i] ?? 0) + 1
      judgeItem(walk, slice.node, item)
    } else if (inIt === 'unknown') {
      if (isInAny === 'no') isInAny = 'unknown'
      unsure[i] = (unsure[i] ?? 0) + 1
      // It may have been seen, so the report must not say that it never occurs.
      if (slice.node.support !== -1) walk.seen[slice.node.support] = 1
    }
  }
  if (rules === 'closed' && isInAny === 'no')
    addProfileProblem(walk, 'slicing', {
      expected: 'an item in one of the slices of the profile',
      actual: 'an item in none of them',
    })
  if (rules === 'openAtEnd' && isInAny === 'yes' && counts.outside)
    addProfileProblem(walk, 'slicing', {
      expected: 'items outside of all slices at the end only',
      actual: 'such an item before an item of a slice',
    })
  if (isInAny === 'no') counts.outside = true
}

function judgeCounts(walk: ProfileWalk, { slices }: SlicingRules, { sure, unsure }: SliceCounts): void {
  for (let i = 0; i < slices.length; i++) {
    const slice = slices[i]
    if (!slice) continue
    const { node } = slice
    const is = sure[i] ?? 0
    if (is + (unsure[i] ?? 0) < node.min) reportTooFew(walk, node, is)
    if (is > node.max) reportTooMany(walk, node)
  }
}

function judgeItem(walk: ProfileWalk, node: ElementRules, item: ElementItem): void {
  const { value, underscoreValue: shadow, type } = item
  const { support, fixed, pattern, targets, resources, limits, invariants, children } = node
  if (support !== -1 && walk.seen[support] !== 1 && (hasElementContent(value) || hasElementContent(shadow)))
    walk.seen[support] = 1
  const there = value !== undefined && value !== null
  // A primitive element without a value does not have the fixed value either.
  if (
    fixed &&
    (there || (isJsonObject(shadow) && !isJsonObject(fixed.value))) &&
    !equalsFixed(value, fixed.value)
  )
    addProfileProblem(walk, 'fixed', {
      expected: withLabel(node, describeValue('the fixed value', fixed)),
      actual: 'another value',
    })
  if (pattern && there && !matchesJsonPattern(value, pattern.value))
    addProfileProblem(walk, 'pattern', {
      expected: withLabel(node, describeValue('the pattern', pattern)),
      actual: 'something else',
    })
  if (there) {
    judgeBinding(walk, node, item)
    if (targets && (type === undefined || type === 'Reference')) judgeTarget(walk, targets, value)
    if (resources && isJsonObject(value) && !resources.has(value.resourceType as string))
      addProfileProblem(walk, 'resource-type', {
        expected: `a resource of type ${[...resources].join(' or ')}`,
        actual: 'a resource of another type',
      })
    for (const { rule, expected, exceeds } of limits)
      if (exceeds(value))
        addProfileProblem(walk, rule, { expected: withLabel(node, expected), actual: 'beyond that' })
  }
  if (children.length > 0) {
    // The children of a primitive element are in the object beside its value.
    const inside = isJsonObject(value)
      ? value
      : { ...(isJsonObject(shadow) ? shadow : {}), ...(there ? { value } : {}) }
    if (there || isJsonObject(shadow)) judgeChildren(walk, node, inside)
  }
  if (invariants && (there || isJsonObject(shadow))) judgeInvariants(walk, invariants, item)
}

function judgeBinding(walk: ProfileWalk, node: ElementRules, { value, type }: ElementItem): void {
  const { binding } = node
  if (
    !binding ||
    (type !== undefined && !bindableTypes.has(type)) ||
    isInValueSet(binding.codes, value) !== 'no'
  )
    return
  const expected = withLabel(node, `a code of the value set ${binding.valueSet}`)
  addProfileProblem(walk, 'binding', { expected, actual: 'no code of the value set' })
}

function judgeInvariants(walk: ProfileWalk, { start, all }: ElementInvariants, item: ElementItem): void {
  const from = start ?? fhirPathBaseOf(item.type ?? '')
  for (const { key, human, evaluate, at } of all) {
    const outcome = evaluate(item, from, walk.resource)
    if (outcome === 'broken')
      addProfileProblem(walk, key, { expected: human, actual: 'the invariant is not met' })
    else if (outcome !== 'met') walk.undecided.add(undecidedKey(walk.profile, at, outcome))
  }
}

function judgeTarget(walk: ProfileWalk, targets: ReadonlySet<string>, value: unknown): void {
  const type = isJsonObject(value) ? referenceTargetType(value, walk.resource) : undefined
  if (type === undefined || targets.has(type)) return
  addProfileProblem(walk, 'reference-target', {
    expected: `a reference to ${[...targets].join(' or ')}`,
    actual: `a reference to ${type}`,
  })
}

// Long enough for a concept, short enough for a line.
const mostWords = 200

function describeValue(what: string, { value }: DefinedValue): string {
  const text = JSON.stringify(value)
  return `${what} ${text.length > mostWords ? `${text.slice(0, mostWords)}…` : text}`
}

function withLabel({ label }: ElementRules, what: string): string {
  return label === '' ? what : `${what} for ${label}`
}

function reportTooFew(walk: ProfileWalk, node: ElementRules, count: number): void {
  const expected = node.label === '' ? `at least ${node.min}` : `at least ${node.min} in ${node.label}`
  addProfileProblem(walk, 'min', { expected, actual: count === 0 ? 'none' : 'fewer' })
}

function reportTooMany(walk: ProfileWalk, node: ElementRules): void {
  const expected = node.max === 0 ? 'absent' : `at most ${node.max}`
  const actual = node.max === 0 ? 'present' : 'more'
  addProfileProblem(walk, 'max', {
    expected: node.label === '' ? expected : `${expected} in ${node.label}`,
    actual,
  })
}
