import { requestOutcomeOf } from '../../model/export/failure.ts'
import type { Reason } from '../../model/reason.ts'
import { isRetryable } from '../../model/http/status.ts'
import type { HttpResponse } from '../http-client.ts'

const defaultLifetimeMs = 300_000

function bodyOf(response: { readonly body?: string }): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(response.body ?? '')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // Without JSON there is neither a token nor an error code.
    return {}
  }
}

/** The access token that a response brought, if any. */
export function accessTokenOf(response: HttpResponse): string | undefined {
  const value = bodyOf(response).access_token
  return response.status === 200 && typeof value === 'string' && value !== '' ? value : undefined
}

/** How long the token of a response is valid, in milliseconds; five minutes if the response does not say so. */
export function lifetimeMsOf(body: string | undefined): number {
  const seconds = promisedSecondsOf(body)
  return seconds === undefined ? defaultLifetimeMs : seconds * 1000
}

/** The `expires_in` of a response, in seconds; `undefined` if it is not a number above 0. */
export function promisedSecondsOf(body: string | undefined): number | undefined {
  const value = Number(bodyOf(body === undefined ? {} : { body }).expires_in)
  return Number.isFinite(value) && value > 0 ? value : undefined
}

/** How long a token lives from `now` on, in milliseconds: until the `exp` of a JWT, five minutes for any other. */
export function jwtLifeMs(token: string, now: number): number {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
  const { exp } = bodyOf({ body: claims })
  return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 - now : defaultLifetimeMs
}

/** Whether the next request may succeed. */
export function isTransient({ status, networkError }: HttpResponse): boolean {
  return networkError !== undefined ? networkError !== 'forbidden' : isRetryable(status)
}

/** Why there is no token. */
export function tokenFailure(response: HttpResponse): Reason {
  const { exchange, status } = response
  const error = bodyOf(response).error
  const isCode = status !== undefined && status !== 200 && typeof error === 'string'
  return {
    kind: 'no-token',
    outcome: requestOutcomeOf(exchange),
    // Anything else may be text of the server.
    ...(isCode && /^[a-z_]{1,40}$/.test(error) ? { error } : {}),
  }
}
