import type { Headers } from '../http-message.ts'
import type { ProviderJob } from './job.ts'
import type { RequestContext } from '../provider-state.ts'

/** The value of Retry-After in the form that is configured (RFC 9110 section 10.2.3), never earlier than configured. */
export function retryAfterValue({ state, now }: RequestContext): string {
  const { retryAfter: form, retryAfterSeconds } = state.configuration
  if (form !== 'date') return String(retryAfterSeconds)
  return new Date((Math.ceil(now / 1000) + retryAfterSeconds) * 1000).toUTCString()
}

/** Retry-After and X-Progress of a running job, as far as they are configured. */
export function progressHeaders(call: RequestContext, { polls, startedAt }: ProviderJob): Headers {
  const { retryAfter: form, progress, polls: needed, jobSeconds } = call.state.configuration
  const done = jobSeconds > 0 ? (call.now - startedAt) / (jobSeconds * 1000) : polls / (needed + 1)
  const percent = Math.floor(100 * done)
  return [
    ...(form === 'none' ? [] : [['Retry-After', retryAfterValue(call)] as const]),
    ...(progress ? [['X-Progress', `${percent}% complete`] as const] : []),
  ]
}
