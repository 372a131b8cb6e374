import type { Certainty } from '../compile/code-set.ts'
import type { SlicingRules } from '../compile/element-rules.ts'
import { isInSlice, type SliceSurroundings } from './matching.ts'
import { reportTooFew, reportTooMany } from './occurrences.ts'
import { conformance } from './type-profiles.ts'
import { resolvedTarget } from './reference-target.ts'
import {
  addProfileProblem,
  type ElementItem,
  type ItemJudge,
  type ProfileWalk,
  undecidedKey,
} from './walk.ts'

/** An item of a sliced element; unless `sure`, it only may belong to what is sliced. */
export interface SlicedItem {
  readonly item: ElementItem
  readonly sure: boolean
}

/** Judges the items of an element by its slices, and those of a slice by the slices that it has itself. */
export function judgeSlicing(
  walk: ProfileWalk,
  slicing: SlicingRules,
  items: readonly SlicedItem[],
  judgeItem: ItemJudge,
): void {
  const { slices, rules, ordered } = slicing
  const around = slicing.needsSurroundings ? surroundingsOf(walk, judgeItem) : undefined
  const found: SlicesFound = {
    sure: slices.map(() => 0),
    unsure: slices.map(() => 0),
    // Only slices that are sliced themselves need their items again.
    items: slices.map(({ node }) => (node.slicing ? [] : undefined)),
  }
  let outside = false
  let last = 0
  for (const { item, sure } of items) {
    let isInAny: Certainty = 'no'
    for (let at = 0; at < slices.length; at++) {
      const slice = slices[at]
      const inIt = slice ? isInSlice(slice.conditions, item, around) : 'no'
      if (!slice || inIt === 'no') continue
      if (isInAny !== 'yes') isInAny = inIt
      addItem(found, at, { item, sure: sure && inIt === 'yes' })
      if (sure && inIt === 'yes') {
        judgeItem(walk, slice.node, item)
        if (ordered && at < last) reportOrder(walk)
        last = Math.max(last, at)
      } else if (slice.node.support !== -1) {
        // It may have been seen, so the report must not say that it never occurs.
        walk.seen[slice.node.support] = 1
      }
      if (inIt === 'unknown' && slice.conditions)
        walk.undecided.add(undecidedKey(walk.profile, slice.at, 'slice'))
    }
    if (sure) reportPlace(walk, rules, isInAny, outside)
    if (sure && isInAny === 'no') outside = true
  }
  for (let at = 0; at < slices.length; at++) {
    const node = slices[at]?.node
    if (!node) continue
    const sure = found.sure[at] ?? 0
    if (sure + (found.unsure[at] ?? 0) < node.min) reportTooFew(walk, node, sure)
    if (sure > node.max) reportTooMany(walk, node)
    const inner = found.items[at]
    if (node.slicing && inner && inner.length > 0) judgeSlicing(walk, node.slicing, inner, judgeItem)
  }
}

/** What was found of each slice. */
interface SlicesFound {
  readonly sure: number[]
  readonly unsure: number[]
  readonly items: readonly (SlicedItem[] | undefined)[]
}

function addItem({ sure, unsure, items }: SlicesFound, at: number, it: SlicedItem): void {
  const counts = it.sure ? sure : unsure
  counts[at] = (counts[at] ?? 0) + 1
  items[at]?.push(it)
}

function reportPlace(
  walk: ProfileWalk,
  rules: SlicingRules['rules'],
  isInAny: Certainty,
  outside: boolean,
): void {
  if (rules === 'closed' && isInAny === 'no')
    addProfileProblem(walk, 'slicing', {
      expected: 'an item in one of the slices of the profile',
      actual: 'an item in none of them',
    })
  if (rules === 'openAtEnd' && isInAny === 'yes' && outside)
    addProfileProblem(walk, 'slicing', {
      expected: 'items outside of all slices at the end only',
      actual: 'such an item before an item of a slice',
    })
}

function reportOrder(walk: ProfileWalk): void {
  addProfileProblem(walk, 'slicing', {
    expected: 'items in the order of the slices of the profile',
    actual: 'items in another order',
  })
}

function surroundingsOf(walk: ProfileWalk, judgeItem: ItemJudge): SliceSurroundings {
  return {
    resolve: (reference) => resolvedTarget(reference, walk),
    conforms: (value, canonical) => conformance(walk, value, canonical, judgeItem),
    typeOf: walk.definitions.typeOf,
  }
}
