import * as at from './layout.ts'
import { byte, get, put, special } from './machine.ts'
import { afterSpace, memberEnd } from './skip.ts'
import { quote } from './text.ts'
import { forgetUncheckedCodes } from './unchecked-codes.ts'

const colon: i32 = 58

// The parts of a line that are left to the explaining path, if everything else is proven.

/** Number of unproven parts of the lines so far. */
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

/** Whether the line has unproven parts. */
export function hasUnprovenParts(): boolean {
  return unprovenParts !== ofLine
}

/** Leaves the value at `p` of the property in `row`, at `depth`, unproven; returns its end, or 0 if its parent must be left unproven. */
export function leaveValueUnproven(p: i32, row: i32, depth: i32): i32 {
  if (get(at.wantsUnprovenParts) === 0) return 0
  const flags = get(row + at.propertyFlags)
  if ((flags & (at.isShadow | at.isPaired | at.hasRole)) !== 0) return 0
  if ((flags & at.isChoice) !== 0 && isExtended(row, depth)) return 0
  if (dependsOnWhole(get(row + at.kind))) return 0
  // Its own unproven parts are a part of it.
  while (
    hasUnprovenParts() &&
    get(get(at.unprovenPartsAt) + (unprovenParts - 1) * at.unprovenRow + at.unprovenFrom) >= p
  )
    unprovenParts--
  forgetUncheckedCodes(p)
  return addUnprovenPart(p, 0, row, depth)
}

// Whether the element, or another type of its choice, already had an extension object.
function isExtended(row: i32, depth: i32): boolean {
  const frame = at.frames + depth * at.frame
  const first = get(frame + at.shadows0) & get(row + at.bit0)
  return (first | (get(frame + at.shadows1) & get(row + at.bit1))) !== 0
}

// Rules connect such values with their surroundings.
function dependsOnWhole(kind: i32): boolean {
  if (kind === at.kindReference || kind === at.kindReferenceType || kind === at.kindXhtml) return true
  if (kind === at.kindSystem || kind === at.kindCodeOfSystem) return true
  return kind === at.kindContained || kind === at.kindTypeName || kind === at.kindMeta
}

/** Leaves a member that the type does not define unproven; its name begins at `p`, after the quote. Returns its end, or 0. */
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
