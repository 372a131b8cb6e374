import { expect, test } from 'vitest'
import type { Level } from '../model/requirement.ts'
import { stated } from '../model/reason.ts'
import type { Verdict } from '../model/result.ts'
import { fail, type JudgedRow, runOfRows, unsure } from './fixtures/judged-rows.ts'
import { inconclusiveReasons, formatMilliseconds, standing } from './standings.ts'

test.each<[JudgedRow, Level, string]>([
  [[fail, 'SHOULD'], 'SHALL', 'warning'],
  [[fail, 'SHOULD'], 'MAY', 'broken'],
  [[fail, 'MAY'], 'SHOULD', 'note'],
  [[fail, 'SHALL', 'known'], 'SHALL', 'known'],
  [[unsure, 'SHALL', 'known'], 'SHALL', 'excused'],
])('%j under %s is %s', (row, failOn, is) => {
  const [it] = runOfRows([row]).tests
  expect(it && standing(it, failOn)).toBe(is)
})

test('inconclusive tests stand by their cause, the largest group first', () => {
  const cause = {
    is: 'inconclusive',
    reason: stated('it did not arrive'),
    cause: stated('export plain was refused'),
  } as const
  expect(
    inconclusiveReasons(runOfRows([[unsure], [cause], [cause]]).tests).map((it) => [
      it.reason,
      it.tests.length,
    ]),
  ).toEqual([
    [stated('export plain was refused'), 2],
    [stated('there was no answer'), 1],
  ])
})

test.each([
  [412.4, '412 ms'],
  [2149, '2.1 s'],
  [59_990, '1 min 0 s'],
  [3_600_000, '1 h 0 min'],
])('%d ms is %s', (ms, text) => {
  expect(formatMilliseconds(ms)).toBe(text)
})

test('equal reasons stand together whichever way their members are ordered', () => {
  const one: Verdict = { is: 'inconclusive', reason: { kind: 'no-response', exchange: 1, problem: 'reset' } }
  const same: Verdict = { is: 'inconclusive', reason: { problem: 'reset', exchange: 1, kind: 'no-response' } }
  const other: Verdict = {
    is: 'inconclusive',
    reason: { kind: 'no-response', exchange: 2, problem: 'reset' },
  }
  expect(inconclusiveReasons(runOfRows([[one], [same], [other]]).tests).map((it) => it.tests.length)).toEqual(
    [2, 1],
  )
})
