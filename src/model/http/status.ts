import { type HeaderList, header } from './exchange.ts'

/** Whether a status is a success: 2XX. */
export function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300
}

/** Whether a status redirects: 3XX. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

/** Whether a status blames the request: 4XX. */
export function isClientError(status: number): boolean {
  return status >= 400 && status < 500
}

/** Whether a status refuses the request, whoever is to blame: 4XX or 5XX. */
export function isRefusal(status: number): boolean {
  return status >= 400
}

/** Whether a status says that the server has too much to do, whatever was requested: 429 or 503. */
export function isThrottled(status: number | undefined): boolean {
  return status === 429 || status === 503
}

/** Whether a status says that there is nothing at the URL: 404 or 410. */
export function isGone(status: number | undefined): boolean {
  return status === 404 || status === 410
}

/** Whether a status is one that gateways give for the server behind them: 502, 503 or 504. */
export function isGatewayError(status: number | undefined): status is 502 | 503 | 504 {
  return status === 502 || status === 503 || status === 504
}

/** Whether a status says that the server failed at a request that it knows: any 5XX but 501. */
export function isServerFault(status: number | undefined): boolean {
  return status !== undefined && status >= 500 && status !== 501
}

/** Whether a body is a FHIR resource in JSON, as far as its `resourceType` says. */
export function isFhirBody(body: string | undefined): boolean {
  try {
    const value = JSON.parse(body ?? '') as { resourceType?: unknown } | null
    return typeof value === 'object' && typeof value?.resourceType === 'string'
  } catch {
    // What is not JSON is not FHIR JSON.
    return false
  }
}

/** Whether the same request may succeed later: 429 or 5XX. */
export function isRetryable(status: number | undefined): boolean {
  return status === 429 || (status ?? 0) >= 500
}

const transientIssues = new Set(['transient', 'lock-error', 'no-store', 'timeout', 'incomplete', 'throttled'])

/**
 * Whether a response asks its client to come again later: 429, 503 with Retry-After, or another 5XX whose OperationOutcome has an
 * issue that FHIR calls transient. `body` is parsed JSON.
 */
export function asksToRetry(status: number, headers: HeaderList, body: unknown): boolean {
  if (status === 429) return true
  if (status < 500) return false
  if (status === 503 && header(headers, 'retry-after') !== undefined) return true
  const { issue } = (body ?? {}) as { issue?: unknown }
  return (
    Array.isArray(issue) &&
    issue.some((it) => transientIssues.has((it as { code?: string } | null)?.code ?? ''))
  )
}

/** Whether infrastructure in front of a FHIR server answers with this status too, and without an OperationOutcome. */
export function isGatewayStatus(status: number | undefined): boolean {
  return status !== undefined && [401, 403, 407, 429, 502, 503, 504].includes(status)
}
