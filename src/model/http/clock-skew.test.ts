import { expect, test } from 'vitest'
import { clockAhead, clockAheadOf } from './clock-skew.ts'
import type { Exchange } from './exchange.ts'

const sent = Date.UTC(2026, 0, 1)

/** An exchange of ten seconds, whose response has a Date so many seconds after the request. */
function dated(seconds: number | undefined): Exchange {
  const date = seconds === undefined ? [] : [['Date', new Date(sent + seconds * 1000).toUTCString()] as const]
  return {
    number: 1,
    request: { method: 'GET', url: 'https://fhir.example/metadata', headers: [] },
    response: { status: 200, headers: date, framing: 'length', bytes: 0 },
    startedAt: new Date(sent).toISOString(),
    durationMs: 10_000,
  }
}

test.each([
  [0, 0],
  [-1, 0],
  [5, 0],
  [10, 0],
  [11, 1],
  [-61, -61],
  [86_410, 86_400],
  [undefined, undefined],
])('a Date %s s after the request', (seconds, ahead) => {
  expect(clockAheadOf(dated(seconds))).toBe(ahead)
})

test('one wrong Date among many decides nothing', () => {
  expect(clockAhead([dated(undefined), dated(610), dated(610), dated(9_999)])).toBe(600)
  expect(clockAhead([dated(undefined)])).toBeUndefined()
})
