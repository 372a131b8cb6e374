import { expect, test } from 'vitest'
import { durationMs } from './duration.ts'

test.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  [' 5s ', 5_000],
  ['0s', 0],
  [1500, 1500],
])('%s is %d ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test.each(['', '30', '30 s', '-1s', '1d', 's', '1s2m', '1.s', Number.NaN, -1, Number.POSITIVE_INFINITY])(
  '%s is no duration',
  (text) => {
    expect(durationMs(text)).toBeUndefined()
  },
)
