import { isBound, isIn, isJson, hasPattern, isSame, type Json } from './match.ts'
import type { Choice, Node, Slices } from './node.ts'
import { capital } from './slicing.ts'
import { targetOf } from './target.ts'
import { report, type Walk } from './walk.ts'

/** Judges a resource, or an extension, against the profile of the walk. */
export function judgeRoot(walk: Walk, root: Json): void {
  const { root: node } = walk.profile
  judgeItem(walk, node, { value: root, shadow: undefined, type: undefined })
}

/** One item of an element: a value and, if it is a primitive one, what stands beside it. */
interface Item {
  readonly value: unknown
  readonly shadow: unknown
  /** Of a choice element. */
  readonly type: string | undefined
}

function judgeChildren(walk: Walk, node: Node, parent: Json): void {
  const { path } = walk
  for (const child of node.children) {
    const choice = child.choices && chosen(child.choices, parent)
    const name = choice ? choice.name : child.name
    const value = parent[name]
    const shadow = parent[choice ? choice.shadow : child.shadow]
    const there = child.choices ? choice !== undefined : value !== undefined || shadow !== undefined
    path.push(child.choices && !choice ? `${child.name}[x]` : name)
    if (!there) absent(walk, child)
    else {
      if (choice) judgeChoice(walk, choice)
      judgeElement(walk, child, { value, shadow, type: choice?.type })
    }
    path.pop()
  }
}

function chosen(choices: readonly Choice[], parent: Json): Choice | undefined {
  for (const it of choices) if (parent[it.name] !== undefined || parent[it.shadow] !== undefined) return it
  return undefined
}

function judgeChoice(walk: Walk, { allowed, support }: Choice): void {
  if (support !== -1) walk.seen[support] = 1
  if (allowed) return
  const expected = 'one of the types that the profile leaves of the element'
  report(walk, 'choice', { expected, actual: 'another type' })
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
}

function countsFor({ slices }: Slices): Counts {
  return { sure: slices.map(() => 0), unsure: slices.map(() => 0) }
}

function judgeSlices(
  walk: Walk,
  { slices, closed }: Slices,
  { item, counts: { sure, unsure } }: { readonly item: Item; readonly counts: Counts },
): void {
  let known = false
  for (let i = 0; i < slices.length; i++) {
    const slice = slices[i]
    if (!slice) continue
    const told = isIn(slice.tests, item.value, item.type)
    if (told === 'no') continue
    known = true
    if (told === 'yes') {
      sure[i] = (sure[i] ?? 0) + 1
      judgeItem(walk, slice.node, item)
    } else {
      unsure[i] = (unsure[i] ?? 0) + 1
      // It would be wrong to say that it was never seen.
      if (slice.node.support !== -1) walk.seen[slice.node.support] = 1
    }
  }
  if (closed && !known)
    report(walk, 'slicing', { expected: 'one of the slices of the profile', actual: 'none of them' })
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

function judgeItem(walk: Walk, node: Node, { value, shadow, type }: Item): void {
  const { support, fixed, pattern, binding, targets, invariants, children } = node
  if (support !== -1) walk.seen[support] = 1
  if (value !== undefined && value !== null) {
    if (fixed && !isSame(value, fixed.value))
      report(walk, 'fixed', {
        expected: of(node, 'the value that the profile fixes'),
        actual: 'another value',
      })
    if (pattern && !hasPattern(value, pattern.value))
      report(walk, 'pattern', {
        expected: of(node, 'what the pattern of the profile has'),
        actual: 'something else',
      })
    if (binding && isBound(binding.codes, value) === 'no')
      report(walk, 'binding', {
        expected: of(node, `a code of the value set ${binding.valueSet}`),
        actual: 'none of its codes',
      })
    if (targets && (type === undefined || type === 'Reference')) judgeTarget(walk, targets, value)
  }
  const inside = isJson(value) ? value : isJson(shadow) ? shadow : undefined
  if (inside && children.length > 0) judgeChildren(walk, node, inside)
  if (invariants && value !== undefined && value !== null)
    for (const { key, human, holds } of invariants.all)
      if (holds(value, invariants.base ?? `Extension.value${capital(type ?? '')}`, walk.resource) === false)
        report(walk, key, { expected: human, actual: 'this does not hold' })
}

function judgeTarget(walk: Walk, targets: ReadonlySet<string>, value: unknown): void {
  const type = isJson(value) ? targetOf(value, walk.resource) : undefined
  if (type === undefined || targets.has(type)) return
  report(walk, 'reference-target', {
    expected: `a reference to ${[...targets].join(' or ')}`,
    actual: `one to ${type}`,
  })
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
