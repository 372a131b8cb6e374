import { expect, test } from 'vitest'
import { parseHttpDate, parseRetryAfter } from './retry-after.ts'

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

test('a two-digit year far ahead is in the past', () => {
  expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', now)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37))
})
