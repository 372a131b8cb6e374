import {
  addFlag,
  addLocal,
  conditionalReferenceFlag,
  hasReferenceFlag,
  isAllowed,
  oddReferenceFlag,
  referenceCount,
  setReferences,
} from './line-facts.ts'
import * as at from './layout.ts'
import { byte, get, hashKeyInto, idCharactersEnd, put, putByte, same } from './machine.ts'
import { findRow, findString } from './names.ts'
import { isAbsolute, isLetter, isUrnOfForm, plainTextEnd, quote } from './text.ts'

const slash: i32 = 47

/** Judges a Reference.reference after its quote. `from` is the property that has the Reference, at `depth`. Returns the address of the quote behind it. */
export function referenceEnd(p: i32, from: i32, depth: i32): i32 {
  const e = plainTextEnd(p)
  if (e === 0) return 0
  addFlag(hasReferenceFlag)
  const targets = get(from + at.targets)
  if (byte(p) === 35) return (e === p + 1 ? targets === 0 : addLocal(p + 1, e - p - 1, targets)) ? e : 0
  const base = baseEnd(p)
  if (base !== 0) {
    const row = typeOf(base, from)
    const key = row === 0 ? 0 : keyEnd(base, row, e)
    if (key !== 0) add(base, key, from, depth)
  } else {
    const row = typeOf(p, from)
    const key = row === 0 ? 0 : keyEnd(p, row, e)
    if (key !== 0) {
      add(p, key, from, depth)
      return isAllowed(targets, numberOf(row)) ? e : 0
    }
    if (!isAbsolute(p)) {
      if (isConditional(p)) {
        addFlag(conditionalReferenceFlag)
        return e
      }
      addFlag(oddReferenceFlag)
    } else if (!isUrnOfForm(p, e)) return 0
  }
  return targets === 0 || leadsToAllowed(p, e, targets) ? e : 0
}

/** Whether the string at `p` names a resource type that a reference may have as its target. */
export function isTypeAllowed(p: i32, targets: i32): boolean {
  if (targets === 0) return true
  const row = findString(get(at.resourceNames), p, 0)
  return row !== 0 && isAllowed(targets, numberOf(row))
}

function numberOf(row: i32): i32 {
  return get(get(row + at.nameDetail) + at.typeNumber)
}

// Where the server's own URL ends, if it is there.
function baseEnd(p: i32): i32 {
  const length = get(at.baseLength)
  return length !== 0 && same(p, get(at.baseAt), length) ? p + length : 0
}

// The row of the resource type before a slash. References of one element usually have one target type.
function typeOf(p: i32, from: i32): i32 {
  const last = get(from + at.lastName)
  if (last !== 0) {
    const length = get(last + at.keyLength) - 1
    if (same(p, get(last + at.keyAt), length) && byte(p + length) === slash) return last
  }
  let e = p
  while (isLetter(byte(e))) e++
  if (byte(e) !== slash) return 0
  const row = findRow(get(at.resourceNames), p, e - p)
  if (row !== 0) put(from + at.lastName, row)
  return row
}

// The end of `Type/id` in a reference that has nothing else except a version.
function keyEnd(p: i32, type: i32, e: i32): i32 {
  const id = p + get(type + at.keyLength)
  const end = idCharactersEnd(id)
  if (end === id || end - id > 64) return 0
  return end === e || isHistory(end, e) ? end : 0
}

function isHistory(p: i32, e: i32): boolean {
  if (!same(p, at.historyPart, at.historyPartLength)) return false
  const version = p + at.historyPartLength
  const end = idCharactersEnd(version)
  return end === e && end > version && end - version <= 64
}

// A search does not name the type of a target.
function isConditional(p: i32): boolean {
  let e = p
  while (isLetter(byte(e))) e++
  return byte(e) === 63 && byte(e + 1) !== quote && findRow(get(at.resourceNames), p, e - p) !== 0
}

// Other references name a type before their last slash, or before the slash of their version.
function leadsToAllowed(p: i32, e: i32, targets: i32): boolean {
  const end = segmentEnd(p, e)
  const name = segment(p, end)
  if (name === 0 || end - name > 64) return true
  const row = findRow(get(at.resourceNames), name, end - name)
  return row === 0 || isAllowed(targets, numberOf(row))
}

/** Whether a reference from `p` to `e` names the type at `name`, or none. An unusual form counts as a reference to another type. */
export function isOfType(p: i32, e: i32, name: i32, length: i32): boolean {
  if (same(p, name, length) && byte(p + length) === slash) return true
  const end = segmentEnd(p, e)
  if (end === p) return true
  const there = segment(p, end)
  return there !== 0 && end - there === length && same(there, name, length)
}

// The slash after a possible type name; `p` if there is none.
function segmentEnd(p: i32, e: i32): i32 {
  const last = lastSlash(p, e)
  const before = lastSlash(p, last)
  return last - before === 9 && same(before, at.historyPart, 9) ? lastSlash(p, before) : last
}

// The beginning of a possible type name that ends at `end`; 0 if there is none.
function segment(p: i32, end: i32): i32 {
  const before = lastSlash(p, end)
  if (end === p || before + 1 >= end) return 0
  return before === p && byte(p) !== slash ? p : before + 1
}

function lastSlash(p: i32, e: i32): i32 {
  let q = e - 1
  while (q > p && byte(q) !== slash) q--
  return q < p ? p : q
}

function add(p: i32, end: i32, from: i32, depth: i32): void {
  if (get(at.skipsReferences) !== 0) return
  const out = get(at.referencesAt) + referenceCount * 12
  hashKeyInto(p, end - p, out)
  const isAtPath = get(from + at.compartment) === depth
  const isPatient = get(get(from + at.lastName) + at.nameDetail) === get(at.patientType)
  putByte(get(at.compartmentAt) + referenceCount, isAtPath ? (isPatient ? 1 : 2) : 0)
  setReferences(referenceCount + 1)
}
