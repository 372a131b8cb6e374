import { expect, it } from 'vitest'
import { costText, leftOutLines, leftOutText, remainingText } from './cost-text.ts'

it.each([
  [
    { exports: 23, kickoffs: 61, waits: 1 },
    '23 exports to completion, 61 more kick-offs, 1 wait for an access token to expire',
  ],
  [{ exports: 1, kickoffs: 1, waits: 0 }, '1 export to completion, 1 more kick-off'],
  [{ exports: 0, kickoffs: 2, waits: 0 }, '0 exports to completion, 2 kick-offs'],
])('the cost of %j', (cost, text) => {
  expect(costText(cost)).toBe(text)
})

it('what was left out, with what it costs', () => {
  const one = { id: 'type/one@group', title: 'It is so', level: 'SHOULD', exports: 1 } as const
  const left = { maxExports: 10, tests: [one, { ...one, exports: 2 }], exports: 2 }
  expect(leftOutText(left)).toBe('2 tests, which need 2 more exports (--max-exports 10)')
  expect(leftOutText({ ...left, tests: [one], exports: 1 })).toBe(
    '1 test, which needs 1 more export (--max-exports 10)',
  )
  expect(leftOutLines(left)).toEqual([
    '  . SHOULD type/one@group  It is so (1 more export)',
    '  . SHOULD type/one@group  It is so (2 more exports)',
  ])
})

it.each([
  [40, 35 * 60_000, 'about 40 more exports, 35 min'],
  [1, 20_400, 'about 1 more export, 20 s'],
  [90, 125 * 60_000, 'about 90 more exports, 2 h 5 min'],
  [0, 20_000, 'no more exports, 20 s'],
])('%d exports in %d ms', (exports, ms, text) => {
  expect(remainingText({ exports, ms })).toBe(text)
})
