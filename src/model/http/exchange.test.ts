import { expect, test } from 'vitest'
import { type Exchange, findExchange } from './exchange.ts'

function numbered(number: number): Exchange {
  const request = { method: 'GET', url: 'https://h/', headers: [] }
  return { number, request, startedAt: '2026-03-04T09:14:00Z', durationMs: 1 }
}

test('an exchange is found by its number also where earlier ones are missing', () => {
  const gaps = [1, 3, 4, 5, 1_000_001].map(numbered)
  expect([1, 3, 5, 1_000_001].map((it) => findExchange(gaps, it)?.number)).toEqual([1, 3, 5, 1_000_001])
  expect(findExchange(gaps, 2)).toBeUndefined()
})
