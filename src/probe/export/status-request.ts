import type { RequestCredentials } from '../../model/suite.ts'
import { sendAuthorized } from '../authorization/authorized-request.ts'
import { followUpIdentity } from '../authorization/request-authorization.ts'
import type { ProbeContext } from '../context.ts'
import type { HttpRequest, HttpResponse } from '../http-client.ts'

/** A status request to be sent. */
export interface StatusRequest {
  readonly url: string
  /** With whose token the job was started. */
  readonly as: RequestCredentials
  /** The caller wants to see that the server puts it off. */
  readonly reportsThrottling?: boolean
  /** It belongs to a burst. */
  readonly ignoresRetryAfter?: boolean
}

/** Requests the status at a polling location. */
export function requestStatus(context: ProbeContext, it: StatusRequest): Promise<HttpResponse> {
  const { reportsThrottling = false, ignoresRetryAfter = false } = it
  return sendAuthorized(context, {
    purpose: 'status request',
    as: followUpIdentity(it.as),
    request: { ...requestAt(context, 'GET', it.url), ...(ignoresRetryAfter ? { ignoresRetryAfter } : {}) },
    followsRedirects: true,
    repeating: { reportsThrottling, ignoresRetryAfter },
  })
}

/** A request to a polling location. */
export function requestAt(
  { target }: ProbeContext,
  method: string,
  url: string,
): Omit<HttpRequest, 'authorization'> {
  const { requestTimeoutMs, manifestBytes } = target.limits
  return {
    ...{ method, url, headers: [['Accept', 'application/json, application/fhir+json']], token: 'required' },
    isBelieved: true,
    ...{ timeoutMs: requestTimeoutMs, maxBytes: manifestBytes },
  }
}
