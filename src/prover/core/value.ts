import { addCode, addFlag, addNotes, setId, setUpdated, tagged } from './facts.ts'
import * as at from './layout.ts'
import { byte, get, put, same, word } from './machine.ts'
import { isDate, isDateTime, isInstant, isTime, millisecondsOf } from './moment.ts'
import { findString } from './names.ts'
import { numberEnd } from './number.ts'
import { object } from './object.ts'
import { isTypeAllowed, reference } from './reference.ts'
import { contained } from './resource.ts'
import { base64, code, id, plain, quote, text, uri } from './text.ts'
import { xhtml } from './xhtml.ts'

const trueWord: i32 = 0x65757274
const falseWord: i32 = 0x736c6166

/** Judges the value at `p` of the property in `row`: where it ends, or 0 if it is not proven. `from` is the property that has the object it is in. */
export function value(p: i32, row: i32, from: i32, depth: i32): i32 {
  const kind = get(row + at.kind)
  if (kind === at.kindObject) return object(p, get(row + at.detail), row, depth + 1)
  if (kind < at.kindDecimal) {
    if (byte(p) !== quote) return 0
    const e = kind === at.kindText ? text(p + 1) : stringEnd(p + 1, kind, row, from, depth)
    return e === 0 ? 0 : e + 1
  }
  if (kind < at.kindObject) return numberEnd(p, kind)
  if (kind === at.kindContained) return depth === 0 ? contained(p, row) : 0
  if (kind === at.kindMeta)
    return object(p, depth === 0 ? get(row + at.detail) : get(at.plainMeta), row, depth + 1)
  return truthEnd(p, kind)
}

// Where the quote is that ends a string of some kind, or 0.
function stringEnd(p: i32, kind: i32, row: i32, from: i32, depth: i32): i32 {
  switch (kind) {
    case at.kindText:
      return text(p)
    case at.kindListed:
      return listed(p, row)
    case at.kindUri:
      return uri(p)
    case at.kindCode:
      return code(p)
    case at.kindReference:
      return kept(p, reference(p, from, depth), depth, at.startAt)
    case at.kindId:
      return id(p)
    case at.kindBase64:
      return base64(p)
    case at.kindXhtml:
      return xhtml(p)
    case at.kindTypeName:
      return typeName(p, row)
    case at.kindReferenceType:
      return isTypeAllowed(p, get(from + at.targets)) ? kept(p, uri(p), depth, at.endAt) : 0
    case at.kindUnproven:
      return 0
    default:
      return moment(p, kind, depth)
  }
}

// Keeps where a string from `p` to `e` is, for a rule of its object.
function kept(p: i32, e: i32, depth: i32, place: i32): i32 {
  const frame = at.frames + depth * at.frame + place
  put(frame, p)
  put(frame + 4, e)
  return e
}

function truthEnd(p: i32, kind: i32): i32 {
  if (word(p) === trueWord) return p + 4
  return kind === at.kindBoolean && word(p) === falseWord && byte(p + 4) === 101 ? p + 5 : 0
}

function listed(p: i32, row: i32): i32 {
  const name = findString(get(row + at.detail), p, get(row + at.lastName))
  if (name === 0) return 0
  put(row + at.lastName, name)
  addNotes(get(name + at.nameNotes))
  return p + get(name + at.keyLength) - 1
}

function typeName(p: i32, row: i32): i32 {
  const type = get(row + at.detail)
  const length = get(type + at.typeNameLength)
  return same(p, get(type + at.typeNameAt), length) && byte(p + length) === quote ? p + length : 0
}

function moment(p: i32, kind: i32, depth: i32): i32 {
  const e = plain(p)
  if (e === 0) return 0
  const length = e - p
  if (kind === at.kindDateTime) return isDateTime(p, length) ? e : 0
  if (kind === at.kindDate) return isDate(p, length) ? e : 0
  if (kind === at.kindTime) return isTime(p, length) ? e : 0
  if (!isInstant(p, length)) return 0
  // Meta is an element of the resource itself there, and not a value in some extension.
  if (kind === at.kindLastUpdated && depth === 1) setUpdated(millisecondsOf(p))
  return e
}

/** Keeps of a value from `p` to `e` what its property's role says. */
export function note(row: i32, p: i32, e: i32, depth: i32): void {
  const role = get(row + at.role)
  if (role === at.resourceId) setId(p + 1, e - p - 2)
  else if (role === at.noting) addNotes(get(row + at.detail))
  else if (role === at.codeOfWhole || role === at.codeOfPart) addCode(p + 1, e - 1, role)
  else if (role === at.metaTag) {
    if (depth === 1) addFlag(tagged)
  } else {
    kept(p + 1, e - 1, depth, role === at.start ? at.startAt : at.endAt)
  }
}
