import { expect, test } from 'vitest'
import type { Level } from '../model/requirement.ts'
import { stated } from '../model/reason.ts'
import type { RunResult, TestResult, Verdict } from '../model/result.ts'
import { everything } from './fixtures/result.ts'
import { inconclusiveReasons, formatMilliseconds, standing } from './standings.ts'

const fail: Verdict = {
  is: 'fail',
  findings: [{ message: 'It is wrong.', expected: 'a', actual: 'b', where: { exchange: 1 }, times: 1 }],
}
const unsure: Verdict = { is: 'inconclusive', reason: stated('there was no answer') }

type Row = readonly [verdict: Verdict, level?: Level, known?: 'known']

function run(rows: readonly Row[], change: Partial<RunResult> = {}): RunResult {
  const [first] = everything.tests
  if (!first) throw new Error('the fixture has tests')
  const tests = rows.map(([verdict, level = 'SHALL', known], index): TestResult => {
    const requirement = { ...first.requirement, id: `r.${index}`, level }
    return { ...first, id: `t/${index}`, requirement, verdict, knownFailing: known === 'known' }
  })
  return { ...everything, warnings: [], tests, ...change }
}

test.each<[Row, Level, string]>([
  [[fail, 'SHOULD'], 'SHALL', 'warning'],
  [[fail, 'SHOULD'], 'MAY', 'broken'],
  [[fail, 'MAY'], 'SHOULD', 'note'],
  [[fail, 'SHALL', 'known'], 'SHALL', 'known'],
  [[unsure, 'SHALL', 'known'], 'SHALL', 'inconclusive'],
])('%j under %s is %s', (row, failOn, is) => {
  const [it] = run([row]).tests
  expect(it && standing(it, failOn)).toBe(is)
})

test('inconclusive tests stand by their cause, the largest group first', () => {
  const cause = {
    is: 'inconclusive',
    reason: stated('it did not arrive'),
    cause: stated('export plain was refused'),
  } as const
  expect(
    inconclusiveReasons(run([[unsure], [cause], [cause]]).tests).map((it) => [it.reason, it.tests.length]),
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
  expect(inconclusiveReasons(run([[one], [same], [other]]).tests).map((it) => it.tests.length)).toEqual([
    2, 1,
  ])
})
