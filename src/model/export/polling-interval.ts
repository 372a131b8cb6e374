import type { Limits } from '../target.ts'

/** The wait before the next status request, and the last wait without a Retry-After (0 after one), in milliseconds. */
export interface PollingInterval {
  readonly pauseMs: number
  readonly backOffMs: number
}

const longestBackOffMs = 60_000

/** The wait after a status response: by its Retry-After, or twice the last wait, up to a minute; never below `pollFloorMs`. */
export function pollingInterval(
  retryAfterMs: number | undefined,
  { backOffMs }: Pick<PollingInterval, 'backOffMs'>,
  { pollFloorMs }: Limits,
): PollingInterval {
  if (retryAfterMs !== undefined) return { pauseMs: Math.max(pollFloorMs, retryAfterMs), backOffMs: 0 }
  const own = Math.min(longestBackOffMs, Math.max(pollFloorMs, backOffMs * 2))
  return { pauseMs: own, backOffMs: own }
}
