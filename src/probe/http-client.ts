import type { Clock } from '../model/clock.ts'
import { type Exchange, type HeaderList, header, type NetworkErrorKind } from '../model/http/exchange.ts'
import type { Manifest } from '../model/export/export.ts'
import type { Target } from '../model/target.ts'
import { parseHttpDate } from '../model/http/http-date.ts'
import type { PolicyStop } from '../model/http/policy-stop.ts'
import { manifestOptionsOf } from '../model/export/manifest.ts'
import { resolveUrl } from '../model/http/url.ts'
import { gatewayHeaders } from './gateway-headers.ts'
import { secretsOfUrl, splitUserInfo } from './url-credentials.ts'
import { type DecidableRequest, decideRequest, type RequestDecision } from './request-decision.ts'
import { notifyingSink } from './notifying-sink.ts'
import { bodyKindOf } from './body-limits.ts'
import { contentOf, openControlBody } from './control-body.ts'
import type { ProbeEvent } from './events.ts'
import { type OriginGates, openOriginGates } from './retry-after-gates.ts'
import type { Recorder } from './recording/recorder.ts'
import { abortedLater } from './transport/late-abort.ts'
import type { NetworkFailure } from './transport/network-failure.ts'
import type { Spool } from './transport/spool.ts'
import type { ByteSink, Transport, WireRequest, WireResponse } from './transport/message.ts'

/** One request to be made. */
export interface HttpRequest extends DecidableRequest {
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
  readonly timeoutMs: number
  readonly maxBytes: number
  /** The body of a 200 goes to a spool; every hop gets one of its own. */
  readonly newSpool?: () => Spool
  /** It may use a connection again that is kept alive. */
  readonly keepAlive?: boolean
  /** It does not wait although its origin asked for a pause: for bursts. */
  readonly ignoresRetryAfter?: boolean
  /** It may start a job: an abort leaves the response a moment, because it says where the job can be deleted. */
  readonly startsJob?: boolean
}

/** The outcome of a request: the recorded exchange, and live parts that are never printed. */
export interface HttpResponse {
  readonly exchange: Exchange
  /** Of the last hop. */
  readonly url: string
  readonly status?: number
  readonly headers?: HeaderList
  /** Of a long manifest a sample, see `ManifestRows`. */
  readonly body?: string
  /** A long manifest, which was read as it came. */
  readonly manifest?: Manifest
  readonly networkError?: NetworkErrorKind
  /** The body of a 200 that was to be spooled. */
  readonly spool?: Spool
  /** Every exchange, in order, the last one included. */
  readonly hops: readonly Exchange[]
  /** Whether the last hop carried the value of Authorization that was given. */
  readonly sentToken: boolean
  /** When the last hop was sent. */
  readonly sentAt: number
}

/** Makes requests and records each. */
export interface HttpClient {
  /** The same client, which records elsewhere. */
  recordingTo(recorder: Recorder): HttpClient
  /** One exchange, never redirected. */
  send(request: HttpRequest): Promise<HttpResponse>
  /** Follows up to five redirects of a GET, each decided anew; every hop is an exchange of its own. */
  sendFollowingRedirects(request: HttpRequest): Promise<HttpResponse>
  /** Milliseconds until the origin of a URL, which answered 429, wants requests again. */
  closedMs(url: string): number
  /** Waits until the origin of a URL wants requests again, unless that takes too long. */
  waitUntilOpen(url: string): Promise<void>
  /** From now on everything ends within so many milliseconds, and an abort that has come stops nothing: for cleaning up. */
  startCleanup(limitMs: number): void
  /** Milliseconds until everything must have ended. */
  timeLeftMs(): number
  /** How far the clock of the server is ahead of ours, by its last Date; `undefined` if it has sent none. */
  serverAheadMs(): number | undefined
  /** The run was interrupted, and no clean-up has begun. */
  isStopped(): boolean
  /** Waits, unless the run is interrupted. */
  pause(ms: number): Promise<void>
}

const mostRedirects = 5
const cleanupTimeoutMs = 10_000

/** A client that sends through a transport and writes into a recorder. */
export function openHttpClient(options: {
  readonly target: Target
  readonly transport: Transport
  readonly recorder: Recorder
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly notify: (event: ProbeEvent) => void
}): HttpClient {
  const { clock, target } = options
  const gates = openOriginGates(clock, target.limits)
  const cleanup = { endsAt: Number.POSITIVE_INFINITY }
  return clientOf({ ...options, gates, cleanup, foreignOrigins: new Set(), server: {} })
}

function clientOf(client: ClientState): HttpClient {
  const { clock, cleanup } = client
  return {
    recordingTo: (recorder) => clientOf({ ...client, recorder }),
    send: (request) => sendHop(client, request),
    sendFollowingRedirects: (request) => followRedirects(client, request),
    closedMs: (url) => client.gates.waitMs(url),
    waitUntilOpen: async (url) => void (await waitForGate(client, url)),
    startCleanup(limitMs) {
      cleanup.endsAt = Math.min(cleanup.endsAt, clock.now() + limitMs)
    },
    timeLeftMs: () => cleanup.endsAt - clock.now(),
    serverAheadMs: () => client.server.aheadMs,
    isStopped: () => signalOf(client)?.aborted === true,
    pause: (ms) => clock.sleep(ms, signalOf(client)),
  }
}

interface ClientState {
  readonly target: Target
  readonly transport: Transport
  readonly recorder: Recorder
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly notify: (event: ProbeEvent) => void
  readonly gates: OriginGates
  /** When everything must have ended; finite once cleaning up has begun. */
  readonly cleanup: { endsAt: number }
  /** Those that have been led to. */
  readonly foreignOrigins: Set<string>
  readonly server: { aheadMs?: number }
}

/** An abort stops everything but cleaning up. */
function signalOf({ signal, cleanup }: ClientState): AbortSignal | undefined {
  return cleanup.endsAt === Number.POSITIVE_INFINITY ? signal : undefined
}

/** Waits until the origin of a URL wants requests again; why that takes too long, or `undefined` once it has. */
async function waitForGate(client: ClientState, url: string): Promise<PolicyStop | undefined> {
  const { gates, clock, notify, target } = client
  for (let waitMs = gates.waitMs(url); waitMs > 0; waitMs = gates.waitMs(url)) {
    const left = client.cleanup.endsAt - clock.now()
    const limit = Math.min(target.limits.exportTimeoutMs, left)
    if (waitMs > limit) {
      const left = Math.max(0, Math.floor(limit / 1000))
      return { kind: 'pause', seconds: Math.ceil(waitMs / 1000), left }
    }
    if (signalOf(client)?.aborted) return undefined
    notify({ kind: 'wait', seconds: Math.round(waitMs / 1000), for: 'the server, which asked for a pause' })
    await clock.sleep(waitMs, signalOf(client))
  }
  return undefined
}

async function followRedirects(client: ClientState, request: HttpRequest): Promise<HttpResponse> {
  let response = await sendHop(client, request)
  let { authorization } = request
  for (let redirects = 0; redirects < mostRedirects && isRedirect(response.status); redirects += 1) {
    const to = resolveUrl(header(response.headers ?? [], 'location') ?? '', response.url)
    if (to === undefined) return response
    if (!response.sentToken) authorization = undefined
    const { authorization: _dropped, ...rest } = request
    // The redirecting origin decides whether the new URL needs the token: signed URLs of a storage service do not.
    const redirected: HttpRequest = {
      ...rest,
      url: to,
      token: request.isBelieved ? request.token : 'allowed',
      from: response.url,
      ...(authorization === undefined ? {} : { authorization }),
    }
    const next = await sendHop(client, redirected)
    response = { ...next, hops: [...response.hops, ...next.hops] }
  }
  return response
}

async function sendHop(client: ClientState, request: HttpRequest): Promise<HttpResponse> {
  const { recorder, clock, notify } = client
  const { method, url, body, authorization } = request
  const decision = await admitted(client, request, decideRequest(client, request))
  const sentToken = decision.sendToken
  const named = splitUserInfo(url)
  for (const it of secretsOfUrl(url)) recorder.masker.addSecret(it)
  const sent = named?.authorization ?? (sentToken ? authorization : undefined)
  const headers: HttpRequest['headers'] = [
    ...request.headers,
    ...gatewayHeaders(client.target, request),
    ...(sent === undefined ? [] : [['Authorization', sent] as const]),
  ]
  const wire = { method, url: named?.url ?? url, headers, ...(body === undefined ? {} : { body }) }
  const startedAt = clock.now()
  const spool = decision.stop === undefined ? request.newSpool?.() : undefined
  // A CapabilityStatement of every search parameter has megabytes, and is no manifest.
  const mostWhole = bodyKindOf(method, url) === 'metadata' ? client.target.limits.metadataBytes : undefined
  const long = spool ? undefined : openControlBody(url, manifestOptionsOf(client.target), mostWhole)
  notify({ kind: 'request', method, url: recorder.showUrl(url) })
  const response: WireResponse | NetworkFailure = decision.stop
    ? { networkError: 'forbidden', stop: decision.stop }
    : await transported(client, request, {
        ...wire,
        ...transportOptions(client, request, spool ? notifyingSink(spool, client) : long),
      })
  noteThrottling(client, request, response)
  noteServerTime(client, response)
  spool?.end()
  if (spool) notify({ kind: 'body', bytes: spool.bytes })
  const isFile = spool !== undefined && 'status' in response && response.status === 200
  const content = isFile
    ? {}
    : 'networkError' in response
      ? {}
      : await contentOf(client.target.limits, spool, long)
  const exchange = recorder.record({ request: wire, startedAt }, response, content)
  const { text, reading } = content
  if (!isFile) spool?.drop()
  const common = {
    exchange,
    url,
    sentToken,
    sentAt: startedAt,
    hops: [exchange],
    ...(isFile ? { spool } : {}),
  }
  if ('networkError' in response) return { ...common, networkError: response.networkError }
  const { status } = response
  return {
    ...{ ...common, status, headers: response.headers },
    ...(text === undefined ? {} : { body: text }),
    ...(reading ? { manifest: reading.manifest } : {}),
  }
}

/** The decision once the origin wants requests; it is not asked where it wants none for too long. */
async function admitted(
  client: ClientState,
  { url, ignoresRetryAfter }: HttpRequest,
  decision: RequestDecision,
): Promise<RequestDecision> {
  if (ignoresRetryAfter || decision.stop !== undefined) return decision
  const stop = await waitForGate(client, url)
  return stop ? { ...decision, stop } : decision
}

/** Notes how far the clock of a server is ahead; its Date has whole seconds. */
function noteServerTime({ server, clock }: ClientState, response: WireResponse): void {
  if ('networkError' in response) return
  const date = parseHttpDate(header(response.headers, 'date') ?? '', clock.now())
  if (date !== undefined) server.aheadMs = date - clock.now()
}

function noteThrottling(
  { gates }: ClientState,
  { url, ignoresRetryAfter = false }: HttpRequest,
  response: WireResponse | NetworkFailure,
): void {
  if ('networkError' in response) return
  if (response.status === 429) gates.close(url, response.headers, ignoresRetryAfter)
  else gates.noteSuccess(url)
}

function transported(
  client: ClientState,
  { startsJob }: HttpRequest,
  wire: WireRequest,
): Promise<WireResponse | NetworkFailure> {
  const abort = signalOf(client)
  const send = (signal: AbortSignal) => client.transport({ ...wire, signal })
  if (!abort) return client.transport(wire)
  return startsJob ? abortedLater(abort, send) : send(abort)
}

function transportOptions(
  client: ClientState,
  { timeoutMs, maxBytes, keepAlive }: HttpRequest,
  sink: ByteSink | undefined,
): Omit<WireRequest, 'method' | 'url' | 'headers' | 'body' | 'signal'> {
  const { clock, cleanup } = client
  const { endsAt } = cleanup
  const left = Math.max(1, Math.min(cleanupTimeoutMs, endsAt - clock.now()))
  return {
    timeoutMs: endsAt === Number.POSITIVE_INFINITY ? timeoutMs : Math.min(timeoutMs, left),
    maxBytes,
    ...(sink ? { sink } : {}),
    ...(keepAlive ? { keepAlive } : {}),
  }
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}
