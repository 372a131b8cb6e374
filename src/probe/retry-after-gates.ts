import type { Clock } from '../model/clock.ts'
import type { HeaderList } from '../model/http/exchange.ts'
import { retryAfterMs } from '../model/http/retry-after.ts'
import { originOf } from '../model/http/url.ts'
import type { Limits } from '../model/target.ts'

/** Origins that answered 429: how long each wants no requests, by its Retry-After. */
export interface OriginGates {
  /** Milliseconds until requests to the origin of a URL may go on; 0 if they may now. */
  waitMs(url: string): number
  /** Closes an origin after a 429, at least as long as its Retry-After says; `isProvoked`: the harness has provoked the 429. */
  close(url: string, headers: HeaderList, isProvoked: boolean): void
  /** A response that was not 429 came from the origin of a URL. */
  noteSuccess(url: string): void
}

const shortestPauseMs = 1_000
const longestPauseMs = 60_000

/** Gates that are all open. */
export function openOriginGates(clock: Clock, { retryAfterCapMs }: Limits): OriginGates {
  const gates = new Map<string, { until: number; times: number }>()
  return {
    waitMs: (url) => Math.max(0, (gates.get(originOf(url))?.until ?? 0) - clock.now()),
    close(url, headers, isProvoked) {
      const origin = originOf(url)
      const now = clock.now()
      const { until, times } = gates.get(origin) ?? { until: 0, times: 0 }
      const asked = retryAfterMs(headers, now, retryAfterCapMs)
      // If the server keeps answering 429, the pause grows.
      const own = asked !== undefined && times === 0 ? 0 : growingPauseMs(times)
      gates.set(origin, {
        until: Math.max(until, now + Math.max(asked ?? 0, own)),
        times: isProvoked ? times : times + 1,
      })
    },
    noteSuccess(url) {
      const gate = gates.get(originOf(url))
      if (gate) gate.times = 0
    },
  }
}

/** A pause that doubles with every attempt: 1 s, 2 s, and so on to one minute. */
export function growingPauseMs(attempts: number): number {
  return Math.min(longestPauseMs, shortestPauseMs * 2 ** attempts)
}
