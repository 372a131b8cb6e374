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

/** How long the token of a response lives, in milliseconds; five minutes where it does not say so. */
export function lifetimeMsOf(body: string | undefined): number {
  const seconds = promisedSecondsOf(body)
  return seconds === undefined ? defaultLifetimeMs : seconds * 1000
}

/** The `expires_in` of a response, in seconds; `undefined` if it is not a number above 0. */
export function promisedSecondsOf(body: string | undefined): number | undefined {
  const value = Number(bodyOf(body === undefined ? {} : { body }).expires_in)
  return Number.isFinite(value) && value > 0 ? value : undefined
}

/** Whether it may go better next time. */
export function isTransient({ status, silence }: HttpResponse): boolean {
  return silence !== undefined ? silence !== 'forbidden' : isRetryable(status)
}

/** Why there is no token; completes "cannot tell, because …". */
export function tokenFailure(response: HttpResponse): string {
  const { exchange, status } = response
  const start = `no access token could be obtained: exchange ${exchange.number}`
  if (status === undefined) return `${start} brought no response (${exchange.problem ?? 'unknown'})`
  const error = bodyOf(response).error
  const code = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? ` ${error}` : ''
  return status === 200
    ? `${start} answered 200 without an access_token`
    : `${start} answered ${status}${code}`
}
