import { expect, it } from 'vitest'
import { costText, remainingText } from './cost-text.ts'

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

it.each([
  [40, 35 * 60_000, 'about 40 more exports, 35 min'],
  [1, 20_400, 'about 1 more export, 20 s'],
  [90, 125 * 60_000, 'about 90 more exports, 2 h 5 min'],
])('%d exports in %d ms', (exports, ms, text) => {
  expect(remainingText({ exports, ms })).toBe(text)
})
