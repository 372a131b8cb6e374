import { type HeaderList, header } from './exchange.ts'
import { parseHttpDate } from './http-date.ts'

/**
 * Milliseconds that a Retry-After value asks to wait (RFC 9110 section 10.2.3), not below 0; `undefined` if it is not valid.
 * A date is compared with the `Date` of the same response if it has one, because clocks differ.
 */
export function parseRetryAfter(value: string, now: number, date?: string): number | undefined {
  if (/^[0-9]+$/.test(value)) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER)
  const until = parseHttpDate(value, now)
  if (until === undefined) return undefined
  const from = date === undefined ? undefined : parseHttpDate(date, now)
  return Math.max(0, until - (from ?? now))
}

// Some servers send milliseconds since 1970, which would be thousands of years.
const longestDelayMs = 365 * 86_400_000

/** Whether a Retry-After value is a number of seconds that somebody may mean, at most a year, or an HTTP-date. */
export function isDelayOrDate(value: string, now: number): boolean {
  const ms = parseRetryAfter(value, now)
  return ms !== undefined && (ms <= longestDelayMs || parseHttpDate(value, now) !== undefined)
}

/** Whether a response has a valid Retry-After, however long a pause it asks for. */
export function hasRetryAfter(headers: HeaderList): boolean {
  return parseRetryAfter(header(headers, 'retry-after') ?? '', 0) !== undefined
}

/**
 * Milliseconds that the Retry-After of a response asks to wait, at most `capMs`. `undefined` if it has none, if it is not valid, or
 * if without `capMs` it asks for more than a year: nobody means that, and the client chooses a pause itself.
 */
export function retryAfterMs(
  headers: HeaderList,
  now: number,
  capMs: number | undefined,
): number | undefined {
  const value = header(headers, 'retry-after')
  const ms = value === undefined ? undefined : parseRetryAfter(value, now, header(headers, 'date'))
  if (ms === undefined || capMs === undefined)
    return ms !== undefined && ms <= longestDelayMs ? ms : undefined
  return Math.min(ms, capMs)
}
