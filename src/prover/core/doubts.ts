import * as at from './layout.ts'
import { byte, get, put, special } from './machine.ts'
import { afterSpace } from './object.ts'
import { memberEnd } from './skip.ts'
import { quote } from './text.ts'

const colon: i32 = 58

// What of a line is left to others, if all else is proven.

/** How many parts of the lines so far. */
export let doubts: i32 = 0
let ofLine: i32 = 0

export function startDoubts(): void {
  doubts = 0
}

export function startDoubtsOfLine(): void {
  ofLine = doubts
}

export function forgetDoubtsOfLine(): void {
  doubts = ofLine
}

/** Whether there is anything of the line that is left to others. */
export function isDoubtful(): boolean {
  return doubts !== ofLine
}

/** Leaves the value at `p` of the property in `row`, at `depth`, to others: where it ends, or 0 if what has it is to be left to them. */
export function doubtValue(p: i32, row: i32, depth: i32): i32 {
  if (get(at.wantsDoubts) === 0) return 0
  const flags = get(row + at.flags)
  if ((flags & (at.isShadow | at.isPaired | at.hasRole)) !== 0) return 0
  if ((flags & at.isChoice) !== 0 && isExtended(row, depth)) return 0
  if (isOfWhole(get(row + at.kind))) return 0
  // Parts of it are left to others with it.
  while (isDoubtful() && get(get(at.doubtsAt) + (doubts - 1) * at.doubtRow + at.doubtFrom) >= p) doubts--
  return add(p, 0, row, depth)
}

// Whether the element, or another type of its choice, has been extended before.
function isExtended(row: i32, depth: i32): boolean {
  const frame = at.frames + depth * at.frame
  const first = get(frame + at.shadows0) & get(row + at.bit0)
  return (first | (get(frame + at.shadows1) & get(row + at.bit1))) !== 0
}

// What such values are depends on what is around them, or the other way round.
function isOfWhole(kind: i32): boolean {
  if (kind === at.kindReference || kind === at.kindReferenceType || kind === at.kindXhtml) return true
  return kind === at.kindContained || kind === at.kindTypeName || kind === at.kindMeta
}

/** Leaves a member that no type has to others, its name after its quote at `p`: where it ends, or 0. */
export function doubtName(p: i32, depth: i32): i32 {
  if (get(at.wantsDoubts) === 0) return 0
  const e = special(p)
  return byte(e) === quote && e > p && byte(afterSpace(e + 1)) === colon ? add(p, e, 0, depth) : 0
}

function add(p: i32, nameEnd: i32, row: i32, depth: i32): i32 {
  if (depth >= at.deepestDoubt - 1) return 0
  if (doubts === at.mostDoubts || doubts - ofLine === at.mostDoubtsOfLine) return 0
  const end = memberEnd(nameEnd === 0 ? p : nameEnd + 1)
  if (end === 0) return 0
  const out = get(at.doubtsAt) + doubts * at.doubtRow
  for (let d = 1; d <= depth; d++) {
    const from = get(at.frames + d * at.frame + at.fromRow)
    // It is within another resource.
    if (from === 0) return 0
    put(out + at.doubtPath + (d - 1) * 4, from)
  }
  put(out + at.doubtFrom, p)
  put(out + at.doubtTo, end)
  put(out + at.doubtNameEnd, nameEnd)
  put(out + at.doubtPath + depth * 4, row)
  put(out + at.doubtDepth, row === 0 ? depth : depth + 1)
  doubts++
  return end
}
