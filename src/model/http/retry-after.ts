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

/** Milliseconds that the Retry-After of a response asks to wait, at most `capMs`; `undefined` if it has none or it is not valid. */
export function retryAfterMs(
  headers: HeaderList,
  now: number,
  capMs: number | undefined,
): number | undefined {
  const value = header(headers, 'retry-after')
  const ms = value === undefined ? undefined : parseRetryAfter(value, now, header(headers, 'date'))
  return ms === undefined ? undefined : Math.min(ms, capMs ?? Number.MAX_SAFE_INTEGER)
}
