import { expect, test } from 'vitest'
import { parseHttpDate } from './http-date.ts'

const now = Date.UTC(2026, 0, 5, 12, 0, 0)

function iso(text: string, at = now): string | undefined {
  const ms = parseHttpDate(text, at)
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
  ['Wed Nov 16 08:49:37 1994', '1994-11-16T08:49:37.000Z'],
  ['Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00.000Z'],
  ['Tue, 29 Feb 2000 00:00:00 GMT', '2000-02-29T00:00:00.000Z'],
  ['Sat, 01 Jan 0050 00:00:00 GMT', '0050-01-01T00:00:00.000Z'],
])('%s is %s', (text, expected) => {
  expect(iso(text)).toBe(expected)
})

test.each([
  '',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 94 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 UTC',
  'Sun, 06 Nov 1994 08:49:37',
  'sun, 06 nov 1994 08:49:37 gmt',
  'Sun, 06-Nov-94 08:49:37 GMT',
  'Sunday, 06-Nov-1994 08:49:37 GMT',
  'Sunday, 06 Nov 1994 08:49:37 GMT',
  'Sun Nov 6 08:49:37 1994',
  'Sun Nov 06 08:49:37 94',
  'Sun Nov  6 08:49:37 1994 GMT',
  'Mon, 29 Feb 2100 00:00:00 GMT',
  'Sun, 31 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:00 GMT',
  'Sun, 06 Nov 1994 08:49:61 GMT',
  'Sun, 06 Now 1994 08:49:37 GMT',
  '1994-11-06T08:49:37Z',
])('%j is not an HTTP-date', (text) => {
  expect(parseHttpDate(text, now)).toBeUndefined()
})

test.each([
  ['2026-01-05T12:00:00Z', '05-Jan-26 12:00:00', 2026],
  ['2026-01-05T12:00:00Z', '05-Jan-76 12:00:00', 2076],
  ['2026-01-05T12:00:00Z', '05-Jan-76 12:00:01', 1976],
  ['2026-01-05T12:00:00Z', '31-Dec-77 12:00:00', 1977],
  ['2026-01-05T12:00:00Z', '31-Dec-75 12:00:00', 2075],
  ['2026-01-05T12:00:00Z', '31-Dec-99 23:59:59', 1999],
  ['2026-01-05T12:00:00Z', '01-Jan-00 00:00:00', 2000],
  ['1999-12-31T23:59:59Z', '01-Jan-00 00:00:00', 2000],
  ['1999-12-31T23:59:59Z', '31-Dec-49 23:59:59', 2049],
  ['1999-12-31T23:59:59Z', '01-Jan-50 00:00:00', 1950],
  ['2000-01-01T00:00:00Z', '31-Dec-99 23:59:59', 1999],
  ['2000-01-01T00:00:00Z', '01-Jan-50 00:00:00', 2050],
  ['2000-01-01T00:00:00Z', '02-Jan-50 00:00:00', 1950],
  ['2099-12-31T23:59:59Z', '01-Jan-00 00:00:00', 2100],
  ['2100-01-01T00:00:00Z', '31-Dec-99 23:59:59', 2099],
])('in %s, %s is in %i', (at, text, year) => {
  const ms = parseHttpDate(`Monday, ${text} GMT`, Date.parse(at))
  expect(new Date(ms ?? Number.NaN).getUTCFullYear()).toBe(year)
})
