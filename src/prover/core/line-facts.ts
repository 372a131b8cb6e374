import * as at from './layout.ts'
import { get, put, same } from './machine.ts'

// Facts about the line that is being judged.

export let lineFlagBits: i32 = 0
export let lastUpdatedMs: f64 = 0
/** Notes about the resource that is being judged. */
export let resourceNotes: i32 = 0
export let idAt: i32 = 0
export let idLength: i32 = 0
/** Number of references in the lines so far. */
export let referenceCount: i32 = 0
let elements0: i32 = 0
let elements1: i32 = 0
let contained: i32 = 0
let locals: i32 = 0
let codes: i32 = 0
let elementIds: i32 = 0

// The bits of `lineFlags`.
export const hasReferenceFlag: i32 = 1
export const oddReferenceFlag: i32 = 2
export const taggedFlag: i32 = 4
export const hasContainedFlag: i32 = 8
export const conditionalReferenceFlag: i32 = 16

export function startLines(): void {
  referenceCount = 0
}

export function startLine(): void {
  lineFlagBits = 0
  lastUpdatedMs = NaN
  resourceNotes = 0
  idLength = 0
  elements0 = 0
  elements1 = 0
  contained = 0
  locals = 0
  codes = 0
  elementIds = 0
}

export function addFlag(flag: i32): void {
  lineFlagBits = lineFlagBits | flag
}

export function addNotes(bits: i32): void {
  resourceNotes = resourceNotes | bits
}

export function setNotes(bits: i32): void {
  resourceNotes = bits
}

export function setUpdated(milliseconds: f64): void {
  lastUpdatedMs = milliseconds
}

export function setId(p: i32, length: i32): void {
  idAt = p
  idLength = length
}

export function setReferences(count: i32): void {
  referenceCount = count
}

/** Notes that a root element is present. */
export function addElement(position: i32): void {
  if (position < 0) return
  if (position < 32) elements0 |= 1 << position
  else elements1 |= 1 << (position - 32)
}

export function putElements(out: i32): void {
  put(out, elements0)
  put(out + 4, elements1)
  put(out + 8, 0)
  put(out + 12, 0)
}

/** Notes a contained resource; false if there are too many, or another one has its id. */
export function addContained(p: i32, length: i32, number: i32): boolean {
  if (contained === at.maxContained) return false
  for (let i = 0; i < contained; i++) {
    const other = at.containedIds + i * 16
    if (get(other + 4) === length && same(get(other), p, length)) return false
  }
  const row = at.containedIds + contained * 16
  put(row, p)
  put(row + 4, length)
  put(row + 8, number)
  put(row + 12, 0)
  contained++
  return true
}

/** Notes a reference to a contained resource; false if there are too many. */
export function addLocal(p: i32, length: i32, targets: i32): boolean {
  if (locals === at.maxContained) return false
  const row = at.locals + locals * 12
  put(row, p)
  put(row + 4, length)
  put(row + 8, targets)
  locals++
  return true
}

/** Whether a reference may have a target of a type, given by its number. */
export function isAllowed(targets: i32, number: i32): boolean {
  return targets === 0 || ((get(targets + (number >> 5) * 4) >> (number & 31)) & 1) !== 0
}

/** Notes a code of the resource or of one of its parts. Codes that do not fit are only counted. */
export function addCode(p: i32, end: i32, role: i32): void {
  if (codes < at.maxCodes) {
    const row = at.codes + codes * 12
    put(row, p)
    put(row + 4, end)
    put(row + 8, role)
  }
  codes++
}

/** Notes the id of an element. Ids that do not fit are only counted. */
export function addElementId(p: i32, length: i32): void {
  if (elementIds < at.maxElementIds) {
    put(at.elementIds + elementIds * 8, p)
    put(at.elementIds + elementIds * 8 + 4, length)
  }
  elementIds++
}

/** Whether the ids of elements differ. */
export function areIdsApart(): boolean {
  if (elementIds > at.maxElementIds) return false
  const end = at.elementIds + elementIds * 8
  for (let a = at.elementIds; a < end; a += 8)
    for (let b = a + 8; b < end; b += 8)
      if (get(a + 4) === get(b + 4) && same(get(a), get(b), get(a + 4))) return false
  return true
}

/** Whether the whole and its parts have no noted code in common. */
export function areCodesApart(): boolean {
  if (codes > at.maxCodes) return false
  const end = at.codes + codes * 12
  for (let a = at.codes; a < end; a += 12)
    for (let b = a + 12; b < end; b += 12) if (get(a + 8) !== get(b + 8) && isOneCode(a, b)) return false
  return true
}

function isOneCode(a: i32, b: i32): boolean {
  const length = get(a + 4) - get(a)
  return get(b + 4) - get(b) === length && same(get(a), get(b), length)
}

/** Whether every reference to a contained resource has a target of an allowed type, and every contained resource is a target. */
export function areLocalsResolved(): boolean {
  for (let i = 0; i < locals; i++) if (!isResolved(at.locals + i * 12)) return false
  for (let i = 0; i < contained; i++) if (get(at.containedIds + i * 16 + 12) === 0) return false
  return true
}

// The first resource with an id is the target of the reference.
function isResolved(local: i32): boolean {
  const length = get(local + 4)
  for (let i = 0; i < contained; i++) {
    const row = at.containedIds + i * 16
    if (get(row + 4) !== length || !same(get(row), get(local), length)) continue
    put(row + 12, 1)
    return isAllowed(get(local + 8), get(row + 8))
  }
  return false
}
