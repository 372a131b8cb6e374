import {
  addContained,
  addFlag,
  hasContainedFlag,
  idAt,
  idLength,
  resourceNotes,
  setId,
  setNotes,
} from './line-facts.ts'
import * as at from './layout.ts'
import { byte, get, put, same } from './machine.ts'
import { findString } from './names.ts'
import { objectEnd } from './object.ts'
import { afterSpace, memberEnd } from './skip.ts'
import { quote } from './text.ts'

const comma: i32 = 44
const colon: i32 = 58
const openBrace: i32 = 123

/** Judges a contained resource, in the property in `row`; returns its end, or 0. */
export function containedEnd(p: i32, row: i32): i32 {
  const name = typeNameIn(p, get(row + at.lastName))
  if (name === 0) return 0
  put(row + at.lastName, name)
  const type = get(name + at.nameDetail)
  const outerNotes = resourceNotes
  const outerId = idAt
  const outerIdLength = idLength
  setNotes(0)
  setId(0, 0)
  const e = resourceEnd(p, type, 1)
  const isKept = e !== 0 && idLength !== 0 && addContained(idAt, idLength, get(type + at.typeNumber))
  setNotes(outerNotes)
  setId(outerId, outerIdLength)
  addFlag(hasContainedFlag)
  return isKept ? e : 0
}

/** Judges a resource of a type; returns its end, or 0. */
export function resourceEnd(p: i32, type: i32, depth: i32): i32 {
  return (get(type + at.typeFlags) & at.isUnproven) === 0 ? objectEnd(p, type, 0, depth) : 0
}

/** The row, in the table of resource types, of the resourceType of the object at `p`; 0 if it has none. `last` is the most likely. */
export function typeNameIn(p: i32, last: i32): i32 {
  let q = byte(p) === openBrace ? afterSpace(p + 1) : 0
  while (q !== 0 && byte(q) === quote && !same(q + 1, at.resourceTypeKey, at.resourceTypeKeyLength))
    q = afterMember(q)
  if (q === 0 || byte(q) !== quote) return 0
  q = afterSpace(q + 1 + at.resourceTypeKeyLength)
  if (byte(q) !== colon) return 0
  q = afterSpace(q + 1)
  return byte(q) === quote ? findString(get(at.resourceNames), q + 1, last) : 0
}

// The beginning of the next name in an object; 0 if there is none. The bytes before it are judged later.
function afterMember(p: i32): i32 {
  const q = memberEnd(p)
  return q !== 0 && byte(q) === comma ? afterSpace(q + 1) : 0
}
