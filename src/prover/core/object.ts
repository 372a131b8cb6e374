import { leaveNameUnproven, leaveValueUnproven } from './unproven-parts.ts'
import { addElement } from './line-facts.ts'
import * as at from './layout.ts'
import { byte, get, half, put, word } from './machine.ts'
import { findProperty } from './names.ts'
import { meetsRules } from './rules.ts'
import { afterSpace } from './skip.ts'
import { quote } from './text.ts'
import { noteValue, valueEnd } from './value.ts'

const comma: i32 = 44
const colon: i32 = 58
/** A comma and a quote. */
const commaQuote: i32 = 0x222c
const openBracket: i32 = 91
const closeBracket: i32 = 93
const openBrace: i32 = 123
const closeBrace: i32 = 125
/** `null` as a word. */
const nullWord: i32 = 0x6c6c756e
const mostPadded: i32 = 31

// The number of values in the last array, and which of them were null.
let lastLength: i32 = 0
let lastNulls: i32 = 0

// Whether the extension object of a primitive element had only an id, which is enough if there is a value.
let isIdAlone = false

/**
 * Judges the object at `start` against a type; returns its end, or 0 if it is not proven. `from` is the property that has it. Its elements are kept as
 * bits: two words for the values, two for the extension objects of primitive elements.
 */
export function objectEnd(start: i32, type: i32, from: i32, depth: i32): i32 {
  if (byte(start) !== openBrace || depth > at.maxDepth) return 0
  let p = afterSpace(start + 1)
  if (byte(p) !== quote) return 0
  begin(at.frames + depth * at.frame, from)
  let values0 = 0
  let values1 = 0
  let before = type
  while (true) {
    const row = findProperty(type, p + 1, before)
    if (row === 0) p = leaveNameUnproven(p + 1, depth)
    else {
      before = row
      p = p + 1 + get(row + at.keyLength)
      if (byte(p) === colon && byte(p + 1) > 32) p++
      else {
        p = afterSpace(p)
        if (byte(p) !== colon) return 0
        p = afterSpace(p + 1)
      }

      const bit0 = get(row + at.bit0)
      const bit1 = get(row + at.bit1)
      const hasValue = ((values0 & bit0) | (values1 & bit1)) !== 0
      if (depth === 0) addElement(get(row + at.position))
      const valueAt = p
      if (get(row + at.propertyFlags) === 0) {
        if (hasValue) return 0
        values0 |= bit0
        values1 |= bit1
        p = valueEnd(p, row, from, depth)
      } else {
        if ((get(row + at.propertyFlags) & at.isShadow) === 0) {
          if (hasValue) return 0
          values0 |= bit0
          values1 |= bit1
        }
        p = uncommon(p, row, from, depth, hasValue)
      }
      if (p === 0) p = leaveValueUnproven(valueAt, row, depth)
    }
    if (p === 0) return 0

    if (half(p) === commaQuote) p++
    else {
      p = afterSpace(p)
      if (byte(p) === closeBrace) break
      if (byte(p) !== comma) return 0
      p = afterSpace(p + 1)
      if (byte(p) !== quote) return 0
    }
  }
  const frame = at.frames + depth * at.frame
  if (get(frame + at.arrayNulls) !== 0) return 0
  return isComplete(type, values0 | get(frame + at.shadows0), values1 | get(frame + at.shadows1), depth)
    ? p + 1
    : 0
}

function begin(frame: i32, from: i32): void {
  put(frame + at.fromRow, from)
  put(frame + at.arrayNulls, 0)
  put(frame + at.shadows0, 0)
  put(frame + at.shadows1, 0)
  put(frame + at.seenChoices, -1)
}

// The end of the value of a property that may be an array, extends another, is one of a choice, or has a note; or 0.
function uncommon(start: i32, row: i32, from: i32, depth: i32, hasValue: boolean): i32 {
  const frame = at.frames + depth * at.frame
  const flags = get(row + at.propertyFlags)
  const bit0 = get(row + at.bit0)
  const bit1 = get(row + at.bit1)
  const shadows0 = get(frame + at.shadows0)
  const shadows1 = get(frame + at.shadows1)
  const hasShadow = ((shadows0 & bit0) | (shadows1 & bit1)) !== 0
  const isShadow = (flags & at.isShadow) !== 0
  if (isShadow) {
    if (hasShadow) return 0
    isIdAlone = false
    put(frame + at.shadows0, shadows0 | bit0)
    put(frame + at.shadows1, shadows1 | bit1)
  }
  const element = get(row + at.position)
  if ((flags & at.isChoice) !== 0) {
    if ((hasValue || hasShadow) && get(frame + at.seenChoices) !== element) return 0
    put(frame + at.seenChoices, element)
  }
  let p = start
  if ((flags & at.isArray) === 0) p = valueEnd(p, row, from, depth)
  else {
    p = arrayEnd(p, row, depth)
    if (p !== 0 && (flags & at.isPaired) !== 0 && !isPaddedUp(frame, element, hasValue || hasShadow)) return 0
  }
  // Servers that write both usually write the value first.
  if (p === 0 || (isShadow && isIdAlone && !hasValue)) return 0
  if ((flags & at.hasRole) !== 0) noteValue(row, start, p, depth)
  return p
}

function isComplete(type: i32, has0: i32, has1: i32, depth: i32): boolean {
  const needed0 = get(type + at.needed0)
  const needed1 = get(type + at.needed1)
  if ((has0 & needed0) !== needed0 || (has1 & needed1) !== needed1) return false
  // The first bit is the id, which alone is not enough.
  const typeFlags = get(type + at.typeFlags)
  const isAlone = ((has0 & ~1) | has1) === 0 && (typeFlags & at.isElement) !== 0
  if ((typeFlags & at.isExtensions) !== 0) isIdAlone = isAlone
  else if (isAlone) return false
  return get(type + at.rules) === get(type + at.rulesEnd) || meetsRules(type, has0, has1, depth)
}

// Whether each null in one of the last two arrays has an entry in the other. The two arrays must follow each other.
function isPaddedUp(frame: i32, element: i32, isSecond: boolean): boolean {
  const nulls = get(frame + at.arrayNulls)
  if (isSecond) {
    put(frame + at.arrayNulls, 0)
    if ((nulls & lastNulls) !== 0 || get(frame + at.arrayElement) !== element) return false
    return get(frame + at.arrayLength) === lastLength
  }
  put(frame + at.arrayElement, element)
  put(frame + at.arrayLength, lastLength)
  put(frame + at.arrayNulls, lastNulls)
  return nulls === 0
}

/** Judges the array at `start`; returns its end, or 0 if it is not proven. */
function arrayEnd(start: i32, row: i32, depth: i32): i32 {
  if (byte(start) !== openBracket) return 0
  const isPaired = (get(row + at.propertyFlags) & at.isPaired) !== 0
  const isShadow = (get(row + at.propertyFlags) & at.isShadow) !== 0
  let p = afterSpace(start + 1)
  let length = 0
  let nulls = 0
  let more = true
  while (more) {
    if (isPaired && word(p) === nullWord) {
      if (length > mostPadded - 1) return 0
      nulls |= 1 << length
      p += 4
    } else {
      p = valueEnd(p, row, 0, depth)
      // Does not look for a value at the same place.
      if (p === 0 || (isShadow && isIdAlone)) return 0
    }
    length++
    p = afterSpace(p)
    if (byte(p) === comma) p = afterSpace(p + 1)
    else if (byte(p) === closeBracket) more = false
    else return 0
  }
  const most = get(row + at.most)
  if (length < get(row + at.least) || (most !== 0 && length > most)) return 0
  lastLength = length
  lastNulls = nulls
  return p + 1
}
