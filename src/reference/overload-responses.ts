import type { Response } from './http-message.ts'
import { refusal } from './operation-outcome.ts'
import type { ProviderState } from './provider-state.ts'

const minute = 60_000

/** The response of something in front of the provider to a request that does not reach it. */
export function turnedAway({ traffic, configuration }: ProviderState, now: number): Response | undefined {
  const { unavailableEvery, requestsPerMinute } = configuration
  traffic.requests += 1
  if (unavailableEvery > 0 && traffic.requests % unavailableEvery === 0)
    return {
      status: 503,
      headers: [['Content-Type', 'text/html']],
      body: '<html><body>503 Service Unavailable</body></html>',
    }
  if (requestsPerMinute === 0) return undefined
  traffic.served = traffic.served.filter((time) => time > now - minute)
  const [oldest] = traffic.served
  if (oldest !== undefined && traffic.served.length >= requestsPerMinute)
    return refusal(429, { code: 'throttled', diagnostics: 'Too many requests have come in a minute.' }, [
      ['Retry-After', String(Math.max(1, Math.ceil((oldest + minute - now) / 1000)))],
    ])
  traffic.served = [...traffic.served, now]
  return undefined
}
