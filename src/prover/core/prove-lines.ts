import {
  unprovenParts,
  forgetUnprovenPartsOfLine,
  hasUnprovenParts,
  startUnprovenParts,
  startUnprovenPartsOfLine,
} from './unproven-parts.ts'
import {
  areIdsApart,
  areLocalsResolved,
  lineFlagBits,
  idAt,
  idLength,
  putElements,
  referenceCount,
  setReferences,
  startLine,
  startLines,
  lastUpdatedMs,
} from './line-facts.ts'
import * as at from './layout.ts'
import {
  byte,
  copy,
  countFeeds,
  get,
  hashKeyInto,
  hashLineInto,
  lineFeed,
  put,
  putByte,
  putDouble,
  putHalf,
} from './machine.ts'
import { afterSpace } from './skip.ts'
import { resourceEnd, typeNameIn } from './resource.ts'
import { setUncheckedCodes, startUncheckedCodes, uncheckedCodes } from './unchecked-codes.ts'

const lf: i32 = 10
const cr: i32 = 13

let lastType: i32 = 0

/** Judges the lines from `from` to `end`, where an additional LF stands, and returns their number. `type` is the row of the type that all must have, or 0. */
export function proveLines(from: i32, end: i32, type: i32): i32 {
  startLines()
  startUnprovenParts()
  startUncheckedCodes()
  let count = 0
  let p = from
  while (p < end) {
    put(get(at.offsetsAt) + count * 4, p - from)
    startLine()
    startUnprovenPartsOfLine()
    const before = referenceCount
    const uncheckedBefore = uncheckedCodes
    let e = proveLine(p, type, count)
    const isProven = e !== 0 && !hasUnprovenParts()
    putByte(get(at.provenAt) + count, isProven ? 1 : 0)
    if (!isProven) setReferences(before)
    if (e === 0) {
      forgetUnprovenPartsOfLine()
      setUncheckedCodes(uncheckedBefore)
      e = lineFeed(p)
      digest(p, e, count)
    }
    put(get(at.referencesEndAt) + count * 4, referenceCount)
    put(get(at.unprovenPartsEndAt) + count * 4, unprovenParts)
    put(get(at.uncheckedEndAt) + count * 4, uncheckedCodes)
    p = e + 1
    count++
  }
  put(get(at.offsetsAt) + count * 4, end - from)
  return count
}

/** Number of LFs from `from` to before `end`. */
export function countLineFeeds(from: i32, end: i32): i32 {
  return countFeeds(from, end)
}

// The LF that ends the line, or 0 if the line is not proven.
function proveLine(from: i32, given: i32, index: i32): i32 {
  const p = afterSpace(from)
  const type = given === 0 ? typeOf(p) : given
  if (type <= 0) return 0
  const end = resourceEnd(p, type, 0)
  if (end === 0 || idLength === 0 || !areLocalsResolved() || !areIdsApart()) return 0
  let e = afterSpace(end)
  if (byte(e) === cr) e++
  if (byte(e) !== lf) return 0
  record(type, index)
  hashLineInto(p, end - p, get(at.digestsAt) + index * 8)
  return e
}

// So the explaining path need not hash the line.
function digest(from: i32, lf: i32, index: i32): void {
  const p = afterSpace(from)
  let end = lf
  while (end > p && isSpace(byte(end - 1))) end--
  hashLineInto(p, end > p ? end - p : 0, get(at.digestsAt) + index * 8)
}

function isSpace(c: i32): boolean {
  return c === 32 || c === 9 || c === cr
}

function typeOf(p: i32): i32 {
  const name = typeNameIn(p, lastType)
  if (name === 0) return 0
  lastType = name
  return get(name + at.nameDetail)
}

function record(type: i32, index: i32): void {
  putHalf(get(at.typesAt) + index * 2, get(type + at.typeNumber))
  putDouble(get(at.updatedAt) + index * 8, lastUpdatedMs)
  putByte(get(at.flagsAt) + index, lineFlagBits)
  putElements(get(at.elementsAt) + index * 16)
  const length = get(type + at.typeNameLength)
  copy(at.scratch, get(type + at.typeNameAt), length)
  putByte(at.scratch + length, 47)
  copy(at.scratch + length + 1, idAt, idLength)
  hashKeyInto(at.scratch, length + 1 + idLength, get(at.keysAt) + index * 12)
}
