import { bindableTypes } from '../compile/element-constraints.ts'
import { hasElementContent } from '../element-content.ts'
import { type ElementInvariants, fhirPathBaseOf } from '../compile/fhirpath.ts'
import { isInValueSet, matchesJsonPattern, equalsFixed } from './matching.ts'
import { reportTooFew, reportTooMany } from './occurrences.ts'
import { judgeSlicing, type SlicedItem } from './slices.ts'
import { judgeTypeProfiles, walkWithin } from './type-profiles.ts'
import type { ChoiceType, ElementRules, DefinedValue } from '../compile/element-rules.ts'
import { aggregationModeOf, referenceTargetType } from './reference-target.ts'
import { addProfileProblem, type ElementItem, undecidedKey, type ProfileWalk } from './walk.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'
import { ownProperty } from '../own-property.ts'

/** Judges a resource, or an extension, against the profile of the walk. */
export function judgeAgainstProfile(walk: ProfileWalk, root: JsonObject): void {
  judgeItem(walk, walk.profile.root, { value: root, underscoreValue: undefined, type: undefined })
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
  const { min, max, slicing } = node
  const values = Array.isArray(value) ? value : undefined
  const shadows = Array.isArray(shadow) ? shadow : undefined
  const count = values || shadows ? Math.max(values?.length ?? 0, shadows?.length ?? 0) : 1
  if (count < min) reportTooFew(walk, node, count)
  if (count > max) reportTooMany(walk, node)
  const items: SlicedItem[] = []
  for (let i = 0; i < count; i++) {
    const item: ElementItem = {
      value: values ? values[i] : value,
      underscoreValue: shadows ? shadows[i] : shadow,
      type,
    }
    judgeItem(walk, node, item)
    if (slicing) items.push({ item, sure: true })
  }
  if (slicing) judgeSlicing(walk, slicing, items, judgeItem)
}

function judgeItem(walk: ProfileWalk, node: ElementRules, item: ElementItem): void {
  const { value, underscoreValue: shadow, type } = item
  const { support, fixed, pattern, targets, aggregation, resources, limits, invariants, children, parts } =
    node
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
    if (node.bindings.length > 0) judgeBindings(walk, node, item)
    if (targets && (type === undefined || type === 'Reference')) judgeTarget(walk, targets, value)
    if (aggregation && (type === undefined || type === 'Reference'))
      judgeAggregation(walk, aggregation, value)
    if (resources && isJsonObject(value) && !resources.has(value.resourceType as string))
      addProfileProblem(walk, 'resource-type', {
        expected: `a resource of type ${[...resources].join(' or ')}`,
        actual: 'a resource of another type',
      })
    for (const { rule, expected, exceeds } of limits)
      if (exceeds(value))
        addProfileProblem(walk, rule, { expected: withLabel(node, expected), actual: 'beyond that' })
  }
  if (parts && isJsonObject(value)) judgePart(walk, parts, value)
  if (node.profiles.length > 0 && (there || isJsonObject(shadow)))
    judgeTypeProfiles(walk, node.profiles, item, judgeItem)
  if (children.length > 0) {
    // The children of a primitive element are in the object beside its value.
    const inside = isJsonObject(value)
      ? value
      : { ...(isJsonObject(shadow) ? shadow : {}), ...(there ? { value } : {}) }
    if (there || isJsonObject(shadow))
      judgeChildren(node.holdsResource ? walkWithin(walk, node, inside) : walk, node, inside)
  }
  if (invariants && (there || isJsonObject(shadow))) judgeInvariants(walk, invariants, item)
}

function judgeBindings(walk: ProfileWalk, node: ElementRules, { value, type }: ElementItem): void {
  if (type !== undefined && !bindableTypes.has(type)) return
  for (const { valueSet, codes } of node.bindings)
    if (isInValueSet(codes, value) === 'no')
      addProfileProblem(walk, 'binding', {
        expected: withLabel(node, `a code of the value set ${valueSet}`),
        actual: 'no code of the value set',
      })
}

function judgeInvariants(walk: ProfileWalk, { start, all }: ElementInvariants, item: ElementItem): void {
  const from = start ?? fhirPathBaseOf(item.type ?? '')
  for (const { key, human, evaluate, at } of all) {
    const outcome = evaluate(item, from, walk)
    if (outcome === 'broken')
      addProfileProblem(walk, key, { expected: human, actual: 'the invariant is not met' })
    else if (outcome !== 'met') walk.undecided.add(undecidedKey(walk.profile, at, outcome))
  }
}

function judgeTarget(walk: ProfileWalk, targets: ReadonlySet<string>, value: unknown): void {
  const type = isJsonObject(value) ? referenceTargetType(value, walk) : undefined
  if (type === undefined || targets.has(type)) return
  addProfileProblem(walk, 'reference-target', {
    expected: `a reference to ${[...targets].join(' or ')}`,
    actual: `a reference to ${type}`,
  })
}

// As in HL7's validator, a target that is to be referenced may be in the same Bundle.
function judgeAggregation(walk: ProfileWalk, modes: ReadonlySet<string>, value: unknown): void {
  const mode = isJsonObject(value) ? aggregationModeOf(value, walk) : undefined
  if (mode === undefined || modes.has(mode) || (mode === 'bundled' && modes.has('referenced'))) return
  addProfileProblem(walk, 'aggregation', {
    expected: `a target that is ${[...modes].join(' or ')}`,
    actual: `a target that is ${mode}`,
  })
}

function judgePart(walk: ProfileWalk, parts: ReadonlySet<string>, { url }: JsonObject): void {
  // An extension with a definition of its own may stand anywhere.
  if (typeof url !== 'string' || parts.has(url) || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(url)) return
  addProfileProblem(walk, 'extension-part', {
    expected: `one of the parts that the definition of the extension has${parts.size === 0 ? '' : `: ${[...parts].join(', ')}`}`,
    actual: 'another part',
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
