import { expect, test } from 'vitest'
import type { ListedFailure, TestResult } from '../../model/result.ts'
import { listedText, listedTexts } from './listed-text.ts'
import { fail, runOfRows } from '../fixtures/judged-rows.ts'

test.each<[ListedFailure, string]>([
  [{}, 'Listed as known failing.'],
  [
    { reason: 'They will mend it.', owner: 'ops', until: '2026-12-31' },
    'Listed as known failing until 2026-12-31. Reason: They will mend it. Owner: ops.',
  ],
  [
    { reason: 'They will mend it', until: '2026-01-31', expired: true },
    'The entry in the known-failing file expired on 2026-01-31. Reason: They will mend it.',
  ],
])('%j in words', (listed, text) => {
  expect(listedText(listed)).toBe(text)
})

const tests = (...all: readonly (ListedFailure | undefined)[]): readonly TestResult[] =>
  runOfRows(all.map(() => [fail, 'SHALL', 'known'])).tests.map((it, at) => {
    const { listed: _, ...bare } = it
    const listed = all[at]
    return listed ? { ...bare, listed } : bare
  })

test('entries of tests that have the same are one sentence', () => {
  expect(listedTexts(tests({ owner: 'a' }, { owner: 'a' }))).toEqual(['Listed as known failing. Owner: a.'])
  expect(listedTexts(tests(undefined))).toEqual([])
})

test('entries of some tests name them', () => {
  expect(listedTexts(tests({ owner: 'a' }, { owner: 'b' }, { owner: 'a' }, undefined))).toEqual([
    'Listed as known failing. Owner: a. Applies to t/0 and t/2.',
    'Listed as known failing. Owner: b. Applies to t/1.',
  ])
})
