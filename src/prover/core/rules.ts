import { areCodesApart, resourceNotes } from './line-facts.ts'
import * as at from './layout.ts'
import { get, special } from './machine.ts'
import { findString } from './names.ts'
import { addUncheckedCode } from './unchecked-codes.ts'
import { areInOrder } from './date-time.ts'
import { isOfType } from './reference.ts'

/** Whether an object of a type, at `depth`, has the elements that the rules of the type require; two words have the bits of its elements. */
export function meetsRules(type: i32, has0: i32, has1: i32, depth: i32): boolean {
  const end = get(type + at.rulesEnd)
  let rule = get(type + at.rules)
  while (rule < end && isMet(rule, has0, has1, depth)) rule += at.ruleRow
  return rule >= end
}

function isMet(rule: i32, has0: i32, has1: i32, depth: i32): boolean {
  const kind = get(rule + at.ruleKind)
  const a =
    ((get(rule + at.one0) & has0) |
      (get(rule + at.one1) & has1) |
      (get(rule + at.oneNotes) & resourceNotes)) !==
    0
  const b =
    ((get(rule + at.other0) & has0) |
      (get(rule + at.other1) & has1) |
      (get(rule + at.otherNotes) & resourceNotes)) !==
    0
  if (kind === at.requires) return !a || b
  if (kind === at.excludes) return !a || !b
  if (kind === at.exactlyOne) return a !== b
  if (!a || !b) return true
  if (kind === at.agree) return areOfOneType(depth)
  if (kind === at.ofSystem) return isCodeOfSystem(depth)
  return kind === at.apart ? areCodesApart() : isInOrder(depth)
}

function areOfOneType(depth: i32): boolean {
  const frame = at.frames + depth * at.frame
  const type = get(frame + at.endAt)
  return isOfType(
    get(frame + at.startAt),
    get(frame + at.startAt + 4),
    type,
    get(frame + at.endAt + 4) - type,
  )
}

let lastSystem: i32 = 0

function isCodeOfSystem(depth: i32): boolean {
  const frame = at.frames + depth * at.frame
  const start = get(frame + at.startAt)
  const system = findString(get(at.codeSystemNames), start, lastSystem)
  // A system that is written with escapes is not found.
  if (system === 0) return special(start) === get(frame + at.startAt + 4) && addUncheckedCode(start, 0)
  lastSystem = system
  const codes = get(system + at.nameDetail)
  if (codes === 0) return addUncheckedCode(start, get(system + at.nameNotes))
  return findString(codes, get(frame + at.endAt), 0) !== 0
}

function isInOrder(depth: i32): boolean {
  const start = at.frames + depth * at.frame + at.startAt
  const end = at.frames + depth * at.frame + at.endAt
  return areInOrder(get(start), get(start + 4), get(end), get(end + 4))
}
