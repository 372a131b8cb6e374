import * as at from './layout.ts'
import { byte, get, put, special } from './machine.ts'
import { afterSpace, memberEnd } from './skip.ts'
import { quote } from './text.ts'

const colon: i32 = 58

// What of a line is left to others, if all else is proven.

/** How many parts of the lines so far. */
export let unprovenParts: i32 = 0
let ofLine: i32 = 0

export function startUnprovenParts(): void {
  unprovenParts = 0
}

export function startUnprovenPartsOfLine(): void {
  ofLine = unprovenParts
}

export function forgetUnprovenPartsOfLine(): void {
  unprovenParts = ofLine
}

/** Whether there is anything of the line that is left to others. */
export function hasUnprovenParts(): boolean {
  return unprovenParts !== ofLine
}

/** Leaves the value at `p` of the property in `row`, at `depth`, to others: where it ends, or 0 if what has it is to be left to them. */
export function leaveValueUnproven(p: i32, row: i32, depth: i32): i32 {
  if (get(at.wantsUnprovenParts) === 0) return 0
  const flags = get(row + at.propertyFlags)
  if ((flags & (at.isShadow | at.isPaired | at.hasRole)) !== 0) return 0
  if ((flags & at.isChoice) !== 0 && isExtended(row, depth)) return 0
  if (dependsOnWhole(get(row + at.kind))) return 0
  // Parts of it are left to others with it.
  while (
    hasUnprovenParts() &&
    get(get(at.unprovenPartsAt) + (unprovenParts - 1) * at.unprovenRow + at.unprovenFrom) >= p
  )
    unprovenParts--
  return addUnprovenPart(p, 0, row, depth)
}

// Whether the element, or another type of its choice, has been extended before.
function isExtended(row: i32, depth: i32): boolean {
  const frame = at.frames + depth * at.frame
  const first = get(frame + at.shadows0) & get(row + at.bit0)
  return (first | (get(frame + at.shadows1) & get(row + at.bit1))) !== 0
}

// What such values are depends on what is around them, or the other way round.
function dependsOnWhole(kind: i32): boolean {
  if (kind === at.kindReference || kind === at.kindReferenceType || kind === at.kindXhtml) return true
  return kind === at.kindContained || kind === at.kindTypeName || kind === at.kindMeta
}

/** Leaves a member that no type has to others, its name after its quote at `p`: where it ends, or 0. */
export function leaveNameUnproven(p: i32, depth: i32): i32 {
  if (get(at.wantsUnprovenParts) === 0) return 0
  const e = special(p)
  return byte(e) === quote && e > p && byte(afterSpace(e + 1)) === colon ? addUnprovenPart(p, e, 0, depth) : 0
}

function addUnprovenPart(p: i32, nameEnd: i32, row: i32, depth: i32): i32 {
  if (depth >= at.maxUnprovenDepth - 1) return 0
  if (unprovenParts === at.maxUnprovenParts || unprovenParts - ofLine === at.maxUnprovenPartsOfLine) return 0
  const end = memberEnd(nameEnd === 0 ? p : nameEnd + 1)
  if (end === 0) return 0
  const out = get(at.unprovenPartsAt) + unprovenParts * at.unprovenRow
  for (let d = 1; d <= depth; d++) {
    const from = get(at.frames + d * at.frame + at.fromRow)
    // It is within another resource.
    if (from === 0) return 0
    put(out + at.unprovenPath + (d - 1) * 4, from)
  }
  put(out + at.unprovenFrom, p)
  put(out + at.unprovenTo, end)
  put(out + at.unprovenNameEnd, nameEnd)
  put(out + at.unprovenPath + depth * 4, row)
  put(out + at.unprovenDepth, row === 0 ? depth : depth + 1)
  unprovenParts++
  return end
}
