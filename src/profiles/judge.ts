import { bindable } from './asks.ts'
import type { Told } from './codes.ts'
import { hasContent } from './content.ts'
import { type Invariants, type Spot, startOfType } from './invariants.ts'
import { isBound, isIn, isJson, hasPattern, isSame, type Json, own } from './match.ts'
import type { Choice, Node, Slices, Value } from './node.ts'
import { targetOf } from './target.ts'
import { report, undecidedKey, type Walk } from './walk.ts'

/** Judges a resource, or an extension, against the profile of the walk. */
export function judgeRoot(walk: Walk, root: Json): void {
  const { root: node } = walk.profile
  judgeItem(walk, node, { value: root, shadow: undefined, type: undefined })
}

/** One item of an element. */
interface Item extends Spot {
  /** Of a choice element. */
  readonly type: string | undefined
}

function judgeChildren(walk: Walk, node: Node, parent: Json): void {
  const { path } = walk
  for (const child of node.children) {
    const choice = child.choices && chosen(child.choices, parent)
    const name = choice ? choice.name : child.name
    const value = own(parent, name)
    const shadow = own(parent, choice ? choice.shadow : child.shadow)
    const there = child.choices ? choice !== undefined : value !== undefined || shadow !== undefined
    path.push(child.choices && !choice ? `${child.name}[x]` : name)
    if (!there) absent(walk, child)
    else {
      if (choice) judgeChoice(walk, child, choice, hasContent(value) || hasContent(shadow))
      judgeElement(walk, child, { value, shadow, type: choice?.type })
    }
    path.pop()
  }
}

function chosen(choices: readonly Choice[], parent: Json): Choice | undefined {
  for (const it of choices)
    if (own(parent, it.name) !== undefined || own(parent, it.shadow) !== undefined) return it
  return undefined
}

function judgeChoice(walk: Walk, { choices }: Node, { allowed, support }: Choice, says: boolean): void {
  if (support !== -1 && says) walk.seen[support] = 1
  if (allowed) return
  const types = choices?.filter((it) => it.allowed).map(({ type }) => type) ?? []
  report(walk, 'choice', { expected: `a value of type ${types.join(' or ')}`, actual: 'another type' })
}

function absent(walk: Walk, { min, slicing }: Node): void {
  if (min > 0) report(walk, 'min', { expected: `at least ${min}`, actual: 'none' })
  // What is not there at all lacks no slices besides, unless it may be left out.
  else for (const { node } of slicing?.slices ?? []) if (node.min > 0) few(walk, node, 0)
}

function judgeElement(walk: Walk, node: Node, { value, shadow, type }: Item): void {
  const { min, max } = node
  const values = Array.isArray(value) ? value : undefined
  const shadows = Array.isArray(shadow) ? shadow : undefined
  const count = values || shadows ? Math.max(values?.length ?? 0, shadows?.length ?? 0) : 1
  if (count < min) few(walk, node, count)
  if (count > max) many(walk, node)
  const counts = node.slicing && countsFor(node.slicing)
  for (let i = 0; i < count; i++) {
    const item: Item = {
      value: values ? values[i] : value,
      shadow: shadows ? shadows[i] : shadow,
      type,
    }
    judgeItem(walk, node, item)
    if (node.slicing && counts) judgeSlices(walk, node.slicing, { item, counts })
  }
  if (node.slicing && counts) judgeCounts(walk, node.slicing, counts)
}

/** How many items are in each slice, and how many could be. */
interface Counts {
  readonly sure: number[]
  readonly unsure: number[]
  /** Whether an item was in none. */
  outside: boolean
}

function countsFor({ slices }: Slices): Counts {
  return { sure: slices.map(() => 0), unsure: slices.map(() => 0), outside: false }
}

function judgeSlices(
  walk: Walk,
  { slices, rules }: Slices,
  { item, counts }: { readonly item: Item; readonly counts: Counts },
): void {
  const { sure, unsure } = counts
  let told: Told = 'no'
  for (let i = 0; i < slices.length; i++) {
    const slice = slices[i]
    if (!slice) continue
    const inIt = isIn(slice.tests, item.value, item.type)
    if (inIt === 'yes') {
      told = 'yes'
      sure[i] = (sure[i] ?? 0) + 1
      judgeItem(walk, slice.node, item)
    } else if (inIt === 'unknown') {
      if (told === 'no') told = 'unknown'
      unsure[i] = (unsure[i] ?? 0) + 1
      // It would be wrong to say that it was never seen.
      if (slice.node.support !== -1) walk.seen[slice.node.support] = 1
    }
  }
  if (rules === 'closed' && told === 'no')
    report(walk, 'slicing', { expected: 'one of the slices of the profile', actual: 'none of them' })
  if (rules === 'openAtEnd' && told === 'yes' && counts.outside)
    report(walk, 'slicing', { expected: 'items of no slice after all others', actual: 'one before others' })
  if (told === 'no') counts.outside = true
}

function judgeCounts(walk: Walk, { slices }: Slices, { sure, unsure }: Counts): void {
  for (let i = 0; i < slices.length; i++) {
    const slice = slices[i]
    if (!slice) continue
    const { node } = slice
    const is = sure[i] ?? 0
    if (is + (unsure[i] ?? 0) < node.min) few(walk, node, is)
    if (is > node.max) many(walk, node)
  }
}

function judgeItem(walk: Walk, node: Node, item: Item): void {
  const { value, shadow, type } = item
  const { support, fixed, pattern, targets, resources, limits, invariants, children } = node
  if (support !== -1 && walk.seen[support] !== 1 && (hasContent(value) || hasContent(shadow)))
    walk.seen[support] = 1
  const there = value !== undefined && value !== null
  // A primitive element without a value has not the one that is fixed either.
  if (fixed && (there || (isJson(shadow) && !isJson(fixed.value))) && !isSame(value, fixed.value))
    report(walk, 'fixed', { expected: of(node, wordsOf('the fixed value', fixed)), actual: 'another value' })
  if (pattern && there && !hasPattern(value, pattern.value))
    report(walk, 'pattern', { expected: of(node, wordsOf('the pattern', pattern)), actual: 'something else' })
  if (there) {
    judgeBinding(walk, node, item)
    if (targets && (type === undefined || type === 'Reference')) judgeTarget(walk, targets, value)
    if (resources && isJson(value) && !resources.has(value.resourceType as string))
      report(walk, 'resource-type', {
        expected: `a resource of type ${[...resources].join(' or ')}`,
        actual: 'one of another type',
      })
    for (const { rule, expected, exceeds } of limits)
      if (exceeds(value)) report(walk, rule, { expected: of(node, expected), actual: 'beyond that' })
  }
  if (children.length > 0) {
    // What is in a primitive element stands beside its value.
    const inside = isJson(value) ? value : { ...(isJson(shadow) ? shadow : {}), ...(there ? { value } : {}) }
    if (there || isJson(shadow)) judgeChildren(walk, node, inside)
  }
  if (invariants && (there || isJson(shadow))) judgeInvariants(walk, invariants, item)
}

function judgeBinding(walk: Walk, node: Node, { value, type }: Item): void {
  const { binding } = node
  if (!binding || (type !== undefined && !bindable.has(type)) || isBound(binding.codes, value) !== 'no')
    return
  const expected = of(node, `a code of the value set ${binding.valueSet}`)
  report(walk, 'binding', { expected, actual: 'none of its codes' })
}

function judgeInvariants(walk: Walk, { start, all }: Invariants, item: Item): void {
  const from = start ?? startOfType(item.type ?? '')
  for (const { key, human, evaluate, at } of all) {
    const outcome = evaluate(item, from, walk.resource)
    if (outcome === 'broken') report(walk, key, { expected: human, actual: 'this does not hold' })
    else if (outcome !== 'met') walk.undecided.add(undecidedKey(walk.profile, at, outcome))
  }
}

function judgeTarget(walk: Walk, targets: ReadonlySet<string>, value: unknown): void {
  const type = isJson(value) ? targetOf(value, walk.resource) : undefined
  if (type === undefined || targets.has(type)) return
  report(walk, 'reference-target', {
    expected: `a reference to ${[...targets].join(' or ')}`,
    actual: `one to ${type}`,
  })
}

// Long enough for a concept, short enough for a line.
const mostWords = 200

function wordsOf(what: string, { value }: Value): string {
  const text = JSON.stringify(value)
  return `${what} ${text.length > mostWords ? `${text.slice(0, mostWords)}…` : text}`
}

function of({ label }: Node, what: string): string {
  return label === '' ? what : `${what} for ${label}`
}

function few(walk: Walk, node: Node, count: number): void {
  const expected = node.label === '' ? `at least ${node.min}` : `at least ${node.min} in ${node.label}`
  report(walk, 'min', { expected, actual: count === 0 ? 'none' : 'fewer' })
}

function many(walk: Walk, node: Node): void {
  const expected = node.max === 0 ? 'nothing' : `at most ${node.max}`
  const actual = node.max === 0 ? 'something' : 'more than that'
  report(walk, 'max', { expected: node.label === '' ? expected : `${expected} in ${node.label}`, actual })
}
