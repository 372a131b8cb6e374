import { expect, test } from 'vitest'
import type { Exchange } from '../../model/http/exchange.ts'
import type { RunResult, TestResult, Verdict } from '../../model/result.ts'
import { hostileTexts } from '../fixtures/hostile.ts'
import { everything } from '../fixtures/result.ts'
import { compareResults, type TestChange } from './compare.ts'
import { comparedInferno, comparedRun } from './compared-tests.ts'
import { comparisonHtml, comparisonMarkdown, comparisonText } from './reporters.ts'

const sample = everything.tests.find(({ id }) => id === 'token/issued') as TestResult
const pass: Verdict = { is: 'pass' }
const unknown: Verdict = { is: 'inconclusive', reason: { kind: 'level-unknown' } }
const absent: Verdict = { is: 'not-applicable', reason: { kind: 'level-unknown' } }
const fail = (message: string): Verdict => ({
  is: 'fail',
  findings: [{ message, expected: 'a', actual: 'b', where: { exchange: 1 }, times: 1 }],
})

type Row = Verdict | ({ verdict: Verdict } & Partial<TestResult>)

function resultOf(rows: Readonly<Record<string, Row>>, more: Partial<RunResult> = {}): RunResult {
  const tests = Object.entries(rows).map(([id, row]) => ({
    ...{ ...sample, id, knownFailing: false },
    ...('is' in row ? { verdict: row } : row),
  }))
  return { ...everything, tests, ...more }
}

function changes(before: Readonly<Record<string, Row>>, after: Readonly<Record<string, Row>>) {
  return compareResults(comparedRun(resultOf(before)), comparedRun(resultOf(after))).changes.map(short)
}

function short({ kind, before, after, isRegression }: TestChange) {
  return `${(after ?? before)?.id} ${kind}${isRegression ? ' !' : ''}`
}

test('each kind of change is told from the others', () => {
  expect(
    changes(
      {
        same: pass,
        broke: pass,
        lost: pass,
        off: pass,
        still: fail('x'),
        other: fail('x'),
        fixed: fail('x'),
        old: pass,
      },
      {
        same: pass,
        broke: fail('x'),
        lost: unknown,
        off: absent,
        still: fail('x'),
        other: fail('y'),
        fixed: pass,
        new: fail('x'),
      },
    ),
  ).toEqual([
    'broke newly-failing !',
    'lost no-longer-judged !',
    'off no-longer-judged',
    'other changed-evidence',
    'still still-failing',
    'new appeared !',
    'old gone',
    'fixed mended',
  ])
})

test('what a run excuses is no regression', () => {
  const should = { ...sample.requirement, level: 'SHOULD' as const }
  expect(
    changes(
      { weak: { verdict: pass, requirement: should }, known: pass },
      {
        weak: { verdict: fail('x'), requirement: should },
        known: { verdict: fail('x'), knownFailing: true },
      },
    ),
  ).toEqual(['weak newly-failing', 'known newly-failing'])
})

test('a known failure that is no longer excused is a regression', () => {
  expect(changes({ a: { verdict: fail('x'), knownFailing: true } }, { a: fail('x') })).toEqual([
    'a still-failing !',
  ])
})

test('a test is slower if its requests take more than twice as long, and seconds more', () => {
  const exchange = (durationMs: number) => [
    { ...(everything.exchanges[0] as Exchange), number: 1, durationMs },
  ]
  const compare = (before: number, after: number) =>
    compareResults(
      comparedRun(resultOf({ a: pass }, { exchanges: exchange(before) })),
      comparedRun(resultOf({ a: pass }, { exchanges: exchange(after) })),
    ).changes.map(short)
  expect(compare(4_000, 10_000)).toEqual(['a slower'])
  expect(compare(4_000, 7_900)).toEqual([])
  expect(compare(10, 100)).toEqual([])
})

const inferno = (test_id: string | undefined, result: string, more: object = {}) => ({
  ...{ id: 'r', test_run_id: 't', test_session_id: 's', created_at: '2026-01-01', updated_at: '2026-01-01' },
  ...{ ...(test_id === undefined ? { test_group_id: 'g' } : { test_id }), result, ...more },
})

test('results of Inferno: the last of each test counts, groups do not', () => {
  const compared = comparedInferno([
    inferno('a', 'fail', { updated_at: '2026-01-02', result_message: 'No.' }),
    inferno('a', 'pass'),
    inferno('b', 'skip'),
    inferno('c', 'omit'),
    inferno(undefined, 'fail'),
  ])
  expect([...(compared?.tests.values() ?? [])].map((it) => [it.id, it.verdict, it.evidence])).toEqual([
    ['a', 'fail', ['No.']],
    ['b', 'inconclusive', []],
    ['c', 'not-applicable', []],
  ])
  for (const other of [{}, [], [1], [{ result: 'pass' }], [inferno(undefined, 'pass')]])
    expect(comparedInferno(other)).toBeUndefined()
})

test('every format shows every change', () => {
  const comparison = compareResults(
    comparedRun(resultOf({ 'a/x': pass, 'a/y': fail('old'), 'a/z': fail('gone') })),
    comparedRun(resultOf({ 'a/x': fail('bad'), 'a/y': fail('new'), 'a/z': pass })),
  )
  const text = comparisonText(comparison)
  expect(text).toMatch(
    /^Newly failing: 1 test\n {2}✗ SHALL a\/x .*\(pass → fail\)\n {6}bad Expected: a\. Actual: b\.$/m,
  )
  expect(text).toMatch(/^ {6}now: new .*\n {6}before: old /m)
  expect(text.trimEnd().split('\n').at(-1)).toBe('Worse: 1 regression; 1 test mended, 0 tests unchanged.')
  for (const report of [comparisonMarkdown(comparison), comparisonHtml(comparison)])
    for (const it of ['Newly failing', 'Failing in another way', 'Mended', 'a/x', 'a/y', 'a/z'])
      expect(report).toContain(it)
})

test.each(hostileTexts)('%j is text on the page', (payload) => {
  const page = (text: string) =>
    comparisonHtml(
      compareResults(
        comparedRun(resultOf({ a: pass })),
        comparedRun(
          resultOf(
            { a: { verdict: fail(text), title: text } },
            { target: { ...everything.target, name: text } },
          ),
        ),
      ),
    )
      .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
      .match(/<[^>]*>/g)
  expect(page(payload)).toEqual(page('harmless'))
})
