import type { Clock } from '../model/clock.ts'
import { isConnectionLost } from '../model/http/exchange.ts'
import type { FlakyAnswer, RequestPurpose } from '../model/http/flaky.ts'
import { hasRetryAfter, retryAfterMs } from '../model/http/retry-after.ts'
import { asksToRetry, isFhirBody, isGatewayError, isServerFault } from '../model/http/status.ts'
import { parseJsonObject } from '../model/json.ts'
import { originOf } from '../model/http/url.ts'
import type { Limits } from '../model/target.ts'
import type { ProbeEvent } from './events.ts'
import type { HttpClient, HttpResponse } from './http-client.ts'
import { growingPauseMs } from './retry-after-gates.ts'

/** What repeating a request depends on. */
export interface RepeatableRequest {
  readonly purpose: RequestPurpose
  readonly url: string
  /** A request that was perhaps served must not be repeated; one that was put off may be. */
  readonly isUnsafe?: boolean
  /** The caller wants to see that the server puts the request off. */
  readonly reportsThrottling?: boolean
  /** Any error of the server is a mistake of it, and is judged only if it lasts as long as those of gateways. */
  readonly mustSucceed?: boolean
  /** The request belongs to a burst: there is no pause before it is repeated. */
  readonly ignoresRetryAfter?: boolean
  /** Called where the server puts the request off. True: what it waited for has changed, and the attempt does not count. */
  readonly whenPutOff?: (() => Promise<boolean>) | undefined
}

/** Repeats requests that the server puts off, or that did not get through to it. */
export interface Resending {
  /** Makes a request as often as it takes, within limits; resolves to the last response, which alone is to be judged. */
  perform(request: RepeatableRequest, attempt: () => Promise<HttpResponse>): Promise<HttpResponse>
  noteFlaky(answer: FlakyAnswer): void
  /** What was not judged. */
  readonly flaky: readonly FlakyAnswer[]
}

const gatewayPausesMs = [1_000, 3_000, 9_000]
const mostThrottled = 30

/** Resending without any answers so far. */
export function openResending(options: ResendingOptions): Resending {
  const state: ResendingState = { ...options, flaky: [], hopeless: new Set() }
  return {
    perform: (request, attempt) => perform(state, request, attempt),
    noteFlaky: (answer) => noteFlaky(state, answer),
    flaky: state.flaky,
  }
}

interface ResendingOptions {
  readonly client: HttpClient
  readonly clock: Clock
  readonly limits: Limits
  readonly notify: (event: ProbeEvent) => void
}

interface ResendingState extends ResendingOptions {
  readonly flaky: FlakyAnswer[]
  /** Kinds of requests that all attempts did not help: the next ones do not wait for nothing. */
  readonly hopeless: Set<string>
}

/** Why a request is repeated: the server puts it off, something in front of the server gave the answer, or the server failed, perhaps only once. */
type Cause = (typeof causes)[number]

const causes = ['throttled', 'gateway', 'fault'] as const

async function perform(
  state: ResendingState,
  request: RepeatableRequest,
  attempt: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const { client, clock, notify, hopeless } = state
  let startedAt = clock.now()
  const failures: HttpResponse[] = []
  for (let attempts = 1; ; attempts += 1) {
    const response = await attempt()
    const cause = causeOf(request, response)
    if (cause === 'throttled' && !client.isStopped() && (await request.whenPutOff?.())) {
      startedAt = clock.now()
      attempts = 0
      continue
    }
    const failed = failures.length
    const waitMs = cause && pauseMs(state, request, { cause, response, attempts, failed, startedAt })
    // A server error that lasts is judged, and one that does not was flaky.
    if (!failsLike(cause) && waitMs === undefined) noteFailures(state, request, failures)
    if (cause === undefined) for (const it of causes) hopeless.delete(kindOf(it, request))
    if (waitMs === undefined || client.isStopped()) return response
    if (failsLike(cause)) failures.push(response)
    if (waitMs > 0) {
      notify({
        kind: 'wait',
        seconds: Math.round(waitMs / 1000),
        for: `the next attempt at a ${request.purpose}`,
      })
      await client.pause(waitMs)
    }
    if (client.isStopped()) return response
  }
}

interface Failure {
  readonly cause: Cause
  readonly response: HttpResponse
  readonly attempts: number
  /** How many attempts a gateway answered before. */
  readonly failed: number
  readonly startedAt: number
}

/** Milliseconds to wait before the next attempt; `undefined` if there is none. */
function pauseMs(state: ResendingState, request: RepeatableRequest, failure: Failure): number | undefined {
  const { client, clock, limits, hopeless } = state
  const { cause, response, attempts, failed, startedAt } = failure
  const kind = kindOf(cause, request)
  const asked = retryAfterMs(response.headers ?? [], clock.now(), limits.retryAfterCapMs) ?? 0
  const most = mostAttempts(request, cause)
  const done = cause === 'throttled' ? attempts : failed + 1
  // Once nothing has helped, one more attempt shows whether it does now.
  const isOver = hopeless.has(kind) ? done > 1 || cause === 'throttled' : done > most
  const own = failsLike(cause)
    ? (gatewayPausesMs[failed] ?? 0)
    : Math.max(
        response.status === 429 ? client.closedMs(response.url) : 0,
        // Other requests to the origin succeed meanwhile, and shorten the pauses of the origin as a whole.
        response.status === 429 && asked > 0 ? 0 : growingPauseMs(attempts - 1),
      )
  const waitMs = request.ignoresRetryAfter ? 0 : Math.max(asked, own)
  const isLate = clock.now() + waitMs > startedAt + limits.exportTimeoutMs || waitMs > client.timeLeftMs()
  if (!isOver && !isLate) return waitMs
  hopeless.add(kind)
  return undefined
}

function causeOf(request: RepeatableRequest, response: HttpResponse): Cause | undefined {
  const { status, networkError, headers = [], body } = response
  if (isConnectionLost(networkError)) return request.isUnsafe ? undefined : 'gateway'
  const isGateway = isGatewayError(status) && !isFhirBody(body)
  const isPutOff = status === 503 && hasRetryAfter(headers)
  if (status === 429 || (isPutOff && !isGateway)) return request.reportsThrottling ? undefined : 'throttled'
  if (isGateway && !(request.isUnsafe && !isPutOff)) return 'gateway'
  const isFault = isServerFault(status) || networkError === 'undecodable'
  if (!isFault) return undefined
  // A resource says that the job has failed.
  const isAboutRequest = request.purpose === 'status request' && !isFhirBody(body)
  // A poll that meets a transient error goes on in its own time.
  const isTransient =
    !request.isUnsafe &&
    request.purpose !== 'status request' &&
    asksToRetry(status ?? 0, headers, parseJsonObject(body))
  return request.mustSucceed || request.purpose === 'kick-off' || isAboutRequest || isTransient
    ? 'fault'
    : undefined
}

function failsLike(cause: Cause | undefined): boolean {
  return cause === 'gateway' || cause === 'fault'
}

/** After how many failed attempts a request is not repeated any more. */
function mostAttempts({ mustSucceed }: RepeatableRequest, cause: Cause): number {
  if (cause === 'throttled') return mostThrottled
  return cause === 'gateway' || mustSucceed ? gatewayPausesMs.length : 1
}

function noteFailures(
  state: ResendingState,
  { purpose }: RepeatableRequest,
  failures: readonly HttpResponse[],
): void {
  for (const { exchange, status, networkError } of failures)
    noteFlaky(state, {
      exchange: exchange.number,
      request: purpose,
      answer: status ?? (networkError === 'undecodable' ? networkError : 'reset'),
    })
}

function noteFlaky({ flaky, notify }: ResendingState, answer: FlakyAnswer): void {
  flaky.push(answer)
  notify({ kind: 'flaky', answer })
}

function kindOf(cause: Cause, { purpose, url }: RepeatableRequest): string {
  return `${cause} ${purpose} ${originOf(url)}`
}
