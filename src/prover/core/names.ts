import * as at from './layout.ts'
import { byte, get, nameHash, put, same, sameBlock, special } from './machine.ts'
import { quote } from './text.ts'

/** The row of a name of `length` bytes in a table of names, or 0. */
export function findRow(table: i32, p: i32, length: i32): i32 {
  const slots = get(table + at.slotsAt)
  const mask = get(table + at.slotsMask)
  let slot = nameHash(p, length) & mask
  let row = get(slots + slot * 4)
  while (row !== 0 && !isNamed(row, p, length)) {
    slot = (slot + 1) & mask
    row = get(slots + slot * 4)
  }
  return row
}

function isNamed(row: i32, p: i32, length: i32): boolean {
  return get(row + at.keyLength) === length + 1 && same(p, get(row + at.keyAt), length)
}

/** The row of the string that begins at `p`, after its quote; the one in `last` is the most likely. */
export function findString(table: i32, p: i32, last: i32): i32 {
  if (last !== 0 && same(p, get(last + at.keyAt), get(last + at.keyLength))) return last
  const e = special(p)
  return byte(e) === quote && e > p ? findRow(table, p, e - p) : 0
}

/** The row of a property's name, which begins at `p`; the name that followed `before` the last two times is the most likely. 0 if the type has none. */
export function findProperty(type: i32, p: i32, before: i32): i32 {
  const row = get(before + at.nextProperty)
  const length = get(row + at.keyLength)
  // Written twice, so that no boolean has to be computed.
  if (length <= 16) {
    if (sameBlock(p, get(row + at.keyAt), length)) return row
  } else if (same(p, get(row + at.keyAt), length)) return row
  return findOther(type, p, before)
}

function findOther(type: i32, p: i32, before: i32): i32 {
  let found = get(before + at.nextPropertyToo)
  if (!same(p, get(found + at.keyAt), get(found + at.keyLength))) {
    const e = special(p)
    found = byte(e) === quote && e > p ? findRow(get(type + at.properties), p, e - p) : 0
    if (found === 0) return 0
  }
  put(before + at.nextPropertyToo, get(before + at.nextProperty))
  put(before + at.nextProperty, found)
  return found
}
