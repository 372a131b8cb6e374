import * as at from './layout.ts'
import { get, put } from './machine.ts'

// Codes whose systems the tables do not have, by their systems: they are counted, so that users know what was not checked.

/** Number of such codes in the lines so far. */
export let uncheckedCodes: i32 = 0

export function startUncheckedCodes(): void {
  uncheckedCodes = 0
}

export function setUncheckedCodes(count: i32): void {
  uncheckedCodes = count
}

/** Notes a code of the system at `p`; false if there are too many. */
export function addUncheckedCode(p: i32, system: i32): boolean {
  if (uncheckedCodes === get(at.maxUnchecked)) return false
  const row = get(at.uncheckedAt) + uncheckedCodes * at.uncheckedRow
  put(row, p)
  put(row + 4, system)
  uncheckedCodes++
  return true
}

/** Forgets the codes from `p` on: they are in a part that is left unproven. */
export function forgetUncheckedCodes(p: i32): void {
  const rows = get(at.uncheckedAt)
  while (uncheckedCodes > 0 && get(rows + (uncheckedCodes - 1) * at.uncheckedRow) >= p) uncheckedCodes--
}
