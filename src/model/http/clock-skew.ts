import { type Exchange, header } from './exchange.ts'
import { parseHttpDate } from './http-date.ts'

/**
 * How many seconds the clock of a server is ahead of ours, by the Date of a response; `undefined` if it has none. A server sets it
 * while it answers, in whole seconds, so any time from request to end of the body agrees.
 */
export function clockAheadOf({ response, startedAt, durationMs }: Exchange): number | undefined {
  const sent = Date.parse(startedAt)
  const date = parseHttpDate((response && header(response.headers, 'date')) ?? '', sent)
  if (date === undefined) return undefined
  if (date + 1000 < sent) return Math.round((date - sent) / 1000)
  return Math.max(0, Math.round((date - (sent + durationMs)) / 1000))
}

/** The same by all responses that have a Date: the median, which no single one decides. */
export function clockAhead(exchanges: readonly Exchange[]): number | undefined {
  const all = exchanges.flatMap((it) => clockAheadOf(it) ?? []).sort((a, b) => a - b)
  return all[all.length >> 1]
}
