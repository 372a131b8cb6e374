import { expect, test } from 'vitest'
import { hasRetryAfter, isDelayOrDate, parseRetryAfter, retryAfterMs } from './retry-after.ts'

const now = Date.UTC(2026, 0, 5, 12, 0, 0)

test.each<[string, number | undefined]>([
  ['0', 0],
  ['7', 7_000],
  ['007', 7_000],
  ['1000000000', 1_000_000_000_000],
  ['99999999999999999999999', Number.MAX_SAFE_INTEGER],
  ['Mon, 05 Jan 2026 12:00:30 GMT', 30_000],
  ['Monday, 05-Jan-26 12:00:30 GMT', 30_000],
  ['Mon Jan  5 12:00:30 2026', 30_000],
  ['Mon, 05 Jan 2026 11:00:00 GMT', 0],
  ['Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59) - now],
  ['', undefined],
  ['1.5', undefined],
  ['-1', undefined],
  ['+1', undefined],
  ['1e3', undefined],
  [' 1', undefined],
  ['1, 2', undefined],
  ['soon', undefined],
  ['٣', undefined],
  ['0x10', undefined],
  ['Mon, 5 Jan 2026 12:00:30 GMT', undefined],
  ['Mon, 05 Jan 2026 12:00:30', undefined],
  ['Mon, 05 Jan 2026 12:00:30 +0000', undefined],
  ['Mon, 31 Feb 2026 12:00:30 GMT', undefined],
  ['Mon, 05 Jan 2026 25:00:30 GMT', undefined],
  ['2026-01-05T12:00:30Z', undefined],
])('Retry-After %j asks for %s ms', (value, ms) => {
  expect(parseRetryAfter(value, now)).toBe(ms)
})

test('a date is read against the clock of the server', () => {
  expect(parseRetryAfter('Mon, 05 Jan 2026 13:00:10 GMT', now, 'Mon, 05 Jan 2026 13:00:00 GMT')).toBe(10_000)
})

test('Retry-After of a response is capped', () => {
  const headers = [
    ['Date', 'Mon, 05 Jan 2026 13:00:00 GMT'],
    ['Retry-After', 'Mon, 05 Jan 2026 13:00:10 GMT'],
  ] as const
  expect(retryAfterMs(headers, now, undefined)).toBe(10_000)
  expect(retryAfterMs(headers, now, 3_000)).toBe(3_000)
  expect(retryAfterMs([['Retry-After', 'soon']], now, 3_000)).toBeUndefined()
  expect(retryAfterMs([], now, 3_000)).toBeUndefined()
})

test.each([
  ['milliseconds since 1970', '1767614400000'],
  ['seconds since 1970', '1767614400'],
  ['a huge number', '99999999999999999999999'],
  ['the end of time', 'Fri, 31 Dec 9999 23:59:59 GMT'],
])('nobody waits for %s, unless a cap shortens it', (_, value) => {
  expect(retryAfterMs([['Retry-After', value]], now, undefined)).toBeUndefined()
  expect(retryAfterMs([['Retry-After', value]], now, 3_000)).toBe(3_000)
  expect(hasRetryAfter([['Retry-After', value]])).toBe(true)
  expect(isDelayOrDate(value, now)).toBe(value.endsWith('GMT'))
})

test('a year is the longest delay', () => {
  const year = 365 * 86_400
  expect(retryAfterMs([['Retry-After', String(year)]], now, undefined)).toBe(year * 1000)
  expect(isDelayOrDate(String(year), now)).toBe(true)
  expect(isDelayOrDate(String(year + 1), now)).toBe(false)
  expect(isDelayOrDate('soon', now)).toBe(false)
  expect(hasRetryAfter([['Retry-After', 'soon']])).toBe(false)
  expect(hasRetryAfter([])).toBe(false)
})
