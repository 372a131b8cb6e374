import { addCode, addElementId, addFlag, addNotes, setId, setUpdated, taggedFlag } from './line-facts.ts'
import * as at from './layout.ts'
import { byte, get, put, same, word } from './machine.ts'
import { isDate, isDateTime, isInstant, isTime, millisecondsOf } from './date-time.ts'
import { findString } from './names.ts'
import { numberEnd } from './number.ts'
import { objectEnd } from './object.ts'
import { isTypeAllowed, referenceEnd } from './reference.ts'
import { containedEnd } from './resource.ts'
import {
  absoluteUriEnd,
  base64StringEnd,
  codeEnd,
  extensionUrlEnd,
  idStringEnd,
  languageEnd,
  mimeEnd,
  plainTextEnd,
  quote,
  textEnd,
  uriEnd,
} from './text.ts'
import { xhtmlEnd } from './xhtml.ts'

const trueWord: i32 = 0x65757274
const falseWord: i32 = 0x736c6166

/** Judges the value at `p` of the property in `row`; returns its end, or 0 if it is not proven. `from` is the property that has the object around it. */
export function valueEnd(p: i32, row: i32, from: i32, depth: i32): i32 {
  const kind = get(row + at.kind)
  if (kind === at.kindObject) return objectEnd(p, get(row + at.detail), row, depth + 1)
  if (kind < at.kindDecimal) {
    if (byte(p) !== quote) return 0
    const e = kind === at.kindText ? textEnd(p + 1) : stringEnd(p + 1, kind, row, from, depth)
    return e === 0 ? 0 : e + 1
  }
  if (kind < at.kindObject) return numberEnd(p, kind)
  if (kind === at.kindContained) return depth === 0 ? containedEnd(p, row) : 0
  if (kind === at.kindMeta)
    return objectEnd(p, depth === 0 ? get(row + at.detail) : get(at.plainMeta), row, depth + 1)
  return truthEnd(p, kind)
}

// The quote that ends a string of some kind, or 0.
function stringEnd(p: i32, kind: i32, row: i32, from: i32, depth: i32): i32 {
  switch (kind) {
    case at.kindText:
      return textEnd(p)
    case at.kindListed:
      return listedEnd(p, row)
    case at.kindUri:
      return uriEnd(p)
    case at.kindAbsoluteUri:
      return absoluteUriEnd(p)
    case at.kindExtensionUrl:
      return extensionUrlEnd(p)
    case at.kindMime:
      return mimeEnd(p)
    case at.kindLanguage:
      return languageEnd(p)
    case at.kindCode:
      return codeEnd(p)
    case at.kindSystem:
      return keepDate(p, absoluteUriEnd(p), depth, at.startAt)
    case at.kindCodeOfSystem:
      return keepDate(p, codeEnd(p), depth, at.endAt)
    case at.kindReference:
      return keepDate(p, referenceEnd(p, from, depth), depth, at.startAt)
    case at.kindId:
      return idStringEnd(p)
    case at.kindBase64:
      return base64StringEnd(p)
    case at.kindXhtml:
      return xhtmlEnd(p)
    case at.kindTypeName:
      return typeNameEnd(p, row)
    case at.kindReferenceType:
      return isTypeAllowed(p, get(from + at.targets)) ? keepDate(p, uriEnd(p), depth, at.endAt) : 0
    case at.kindUnproven:
      return 0
    default:
      return momentEnd(p, kind, depth)
  }
}

// Keeps the place of a string from `p` to `e`, for a rule of its object.
function keepDate(p: i32, e: i32, depth: i32, place: i32): i32 {
  const frame = at.frames + depth * at.frame + place
  put(frame, p)
  put(frame + 4, e)
  return e
}

function truthEnd(p: i32, kind: i32): i32 {
  if (word(p) === trueWord) return p + 4
  return kind === at.kindBoolean && word(p) === falseWord && byte(p + 4) === 101 ? p + 5 : 0
}

function listedEnd(p: i32, row: i32): i32 {
  const name = findString(get(row + at.detail), p, get(row + at.lastName))
  if (name === 0) return 0
  put(row + at.lastName, name)
  addNotes(get(name + at.nameNotes))
  return p + get(name + at.keyLength) - 1
}

function typeNameEnd(p: i32, row: i32): i32 {
  const type = get(row + at.detail)
  const length = get(type + at.typeNameLength)
  return same(p, get(type + at.typeNameAt), length) && byte(p + length) === quote ? p + length : 0
}

function momentEnd(p: i32, kind: i32, depth: i32): i32 {
  const e = plainTextEnd(p)
  if (e === 0) return 0
  const length = e - p
  if (kind === at.kindDateTime) return isDateTime(p, length) ? e : 0
  if (kind === at.kindDate) return isDate(p, length) ? e : 0
  if (kind === at.kindTime) return isTime(p, length) ? e : 0
  if (!isInstant(p, length)) return 0
  // There Meta is an element of the resource itself, not a value in an extension.
  if (kind === at.kindLastUpdated && depth === 1) setUpdated(millisecondsOf(p))
  return e
}

/** Keeps what the role of the property requires of a value from `p` to `e`. */
export function noteValue(row: i32, p: i32, e: i32, depth: i32): void {
  const role = get(row + at.role)
  if (role === at.roleResourceId) setId(p + 1, e - p - 2)
  else if (role === at.roleElementId) addElementId(p + 1, e - p - 2)
  else if (role === at.roleNote) addNotes(get(row + at.detail))
  else if (role === at.roleCodeOfWhole || role === at.roleCodeOfPart) addCode(p + 1, e - 1, role)
  else if (role === at.roleMetaTag) {
    if (depth === 1) addFlag(taggedFlag)
  } else {
    keepDate(p + 1, e - 1, depth, role === at.roleStart ? at.startAt : at.endAt)
  }
}
