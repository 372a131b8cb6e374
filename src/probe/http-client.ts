import type { Clock } from '../model/clock.ts'
import { type Exchange, type HeaderList, header, type NetworkErrorKind } from '../model/http/exchange.ts'
import type { Target } from '../model/target.ts'
import { resolveUrl } from '../model/http/url.ts'
import { decideUrl, type UrlContext } from './url-policy.ts'
import type { Recorder } from './recorder.ts'
import type { NetworkFailure } from './transport/network-failure.ts'
import type { Spool } from './transport/spool.ts'
import type { ByteSink, Transport, WireResponse } from './transport/message.ts'

/** What happens on the way, for progress displays. */
export type ProbeEvent =
  | { readonly kind: 'request'; readonly method: string; readonly url: string }
  | { readonly kind: 'poll'; readonly number: number /** Masked. */; readonly progress?: string }
  | { readonly kind: 'wait'; readonly seconds: number; readonly for: string }
  | { readonly kind: 'download'; readonly number: number; readonly of: number }
  /** So many bytes of a body to be spooled have come so far; told now and then. */
  | { readonly kind: 'body'; readonly bytes: number }
  | { readonly kind: 'job-deleted'; readonly url: string }

/** One request to be made. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
  /** Value of Authorization, sent only where the policy allows it. */
  readonly authorization?: string
  /** How much the token matters. */
  readonly token: UrlContext['token']
  readonly timeoutMs: number
  readonly maxBytes: number
  /** The body of a 200 goes to a spool; every hop gets one of its own. */
  readonly newSpool?: () => Spool
  readonly bulk?: boolean
}

/** What a call brought: the exchange as recorded and what is live of it, which is never printed. */
export interface HttpResponse {
  readonly exchange: Exchange
  /** Of the last hop. */
  readonly url: string
  readonly status?: number
  readonly headers?: HeaderList
  readonly body?: string
  readonly networkError?: NetworkErrorKind
  /** The body of a 200 that was to be spooled. */
  readonly spool?: Spool
  /** Every exchange, in order, the last one included. */
  readonly hops: readonly Exchange[]
}

/** Makes requests and records each. */
export interface HttpClient {
  /** One exchange, never redirected. */
  send(call: HttpRequest): Promise<HttpResponse>
  /** Follows up to five redirects of a GET, each decided anew; every hop is an exchange of its own. */
  sendFollowingRedirects(call: HttpRequest): Promise<HttpResponse>
  /** From now on nothing takes longer than 2 s, and an abort that has come stops nothing: for cleaning up. */
  startCleanup(): void
}

const mostRedirects = 5
const longestUrl = 8 << 10
const cleanupTimeoutMs = 2_000

/** A caller that sends through a transport and writes into a recorder. */
export function openHttpClient(options: {
  readonly target: Target
  readonly transport: Transport
  readonly recorder: Recorder
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly notify: (event: ProbeEvent) => void
}): HttpClient {
  const { target, recorder, clock, signal } = options
  let hurried = false

  const hop = async (
    call: HttpRequest,
    from?: string,
  ): Promise<HttpResponse & { readonly sentToken: boolean }> => {
    const { fhirUrl, tokenOrigins } = target
    const token = call.authorization === undefined ? 'never' : call.token
    const decision = decideUrl(call.url, { fhirUrl, tokenOrigins, token, ...(from ? { from } : {}) })
    const sentToken = decision.sendToken && call.authorization !== undefined
    const headers: readonly (readonly [string, string])[] =
      sentToken && call.authorization !== undefined
        ? [...call.headers, ['Authorization', call.authorization]]
        : call.headers
    const { method, url, body, maxBytes, bulk } = call
    const timeoutMs = hurried ? Math.min(call.timeoutMs, cleanupTimeoutMs) : call.timeoutMs
    const request = { method, url, headers, ...(body === undefined ? {} : { body }) }
    const startedAt = clock.now()
    const forbidden =
      url.length > longestUrl
        ? `it is ${url.length} characters long`
        : decision.fetch
          ? undefined
          : decision.reason
    const spool = forbidden === undefined ? call.newSpool?.() : undefined
    options.notify({ kind: 'request', method, url: recorder.mask(url) })
    const came: WireResponse | NetworkFailure = forbidden
      ? { networkError: 'forbidden', problem: `this URL was not fetched: ${forbidden}` }
      : await options.transport({
          ...request,
          timeoutMs,
          maxBytes,
          ...(spool ? { sink: notifyingSink(spool, options) } : {}),
          ...(bulk ? { bulk } : {}),
          ...(signal && !hurried ? { signal } : {}),
        })
    spool?.end()
    if (spool) options.notify({ kind: 'body', bytes: spool.bytes })
    const whole = spool && 'status' in came && came.status === 200 ? { spool } : {}
    const text =
      'networkError' in came
        ? undefined
        : spool
          ? await smallText(spool, whole)
          : new TextDecoder().decode(came.body)
    const exchange = recorder.record({ request, startedAt }, came, text)
    const common = { exchange, url, sentToken, hops: [exchange], ...whole }
    if (!('spool' in whole)) spool?.drop()
    if ('networkError' in came) return { ...common, networkError: came.networkError }
    return {
      ...common,
      status: came.status,
      headers: came.headers,
      ...(text === undefined ? {} : { body: text }),
    }
  }

  /** What was spooled but is no output file: an error, most likely. */
  const smallText = async (
    spool: Spool,
    { spool: whole }: { spool?: Spool },
  ): Promise<string | undefined> => {
    if (whole || spool.bytes > target.limits.controlBodyBytes) return undefined
    const chunks: Uint8Array[] = []
    for await (const chunk of spool.read()) chunks.push(chunk)
    return new TextDecoder().decode(Buffer.concat(chunks))
  }

  return {
    send: (call) => hop(call),
    async sendFollowingRedirects(call) {
      let answer = await hop(call)
      let { authorization } = call
      for (let redirects = 0; redirects < mostRedirects && isRedirect(answer.status); redirects += 1) {
        const to = resolveUrl(header(answer.headers ?? [], 'location') ?? '', answer.url)
        if (to === undefined) return answer
        if (!answer.sentToken) authorization = undefined
        const { authorization: _dropped, ...rest } = call
        // Whether it needs the token is for the origin that redirects to say: signed URLs of a storage service do not.
        const hopCall: HttpRequest = {
          ...rest,
          url: to,
          token: 'allowed',
          ...(authorization === undefined ? {} : { authorization }),
        }
        const { hops } = answer
        const landed = await hop(hopCall, answer.url)
        answer = { ...landed, hops: [...hops, ...landed.hops] }
      }
      return answer
    },
    startCleanup() {
      hurried = true
    },
  }
}

const notifyIntervalMs = 100

/** A spool that tells how much has come. */
function notifyingSink(
  spool: Spool,
  { notify, clock }: { readonly notify: (event: ProbeEvent) => void; readonly clock: Clock },
): ByteSink {
  let last = clock.now()
  return {
    write(chunk) {
      spool.write(chunk)
      if (clock.now() - last >= notifyIntervalMs) {
        last = clock.now()
        notify({ kind: 'body', bytes: spool.bytes })
      }
    },
  }
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}
