import type { Clock } from '../model/clock.ts'
import { type Exchange, type HeaderList, header, type Silence } from '../model/evidence.ts'
import type { Target } from '../model/target.ts'
import { resolveUrl } from '../model/url.ts'
import { decide, type UrlContext } from './policy.ts'
import type { Recorder } from './record.ts'
import type { Unheard } from './silence.ts'
import type { Spool } from './spool.ts'
import type { Sink, Transport, WireResponse } from './wire.ts'

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
export interface Call {
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
export interface Answer {
  readonly exchange: Exchange
  /** Of the last hop. */
  readonly url: string
  readonly status?: number
  readonly headers?: HeaderList
  readonly body?: string
  readonly silence?: Silence
  /** The body of a 200 that was to be spooled. */
  readonly spool?: Spool
  /** Every exchange, in order, the last one included. */
  readonly hops: readonly Exchange[]
}

/** Makes requests and records each. */
export interface Caller {
  /** One exchange, never redirected. */
  call(call: Call): Promise<Answer>
  /** Follows up to five redirects of a GET, each decided anew; every hop is an exchange of its own. */
  follow(call: Call): Promise<Answer>
  /** From now on nothing takes longer than 2 s, and an abort that has come stops nothing: for cleaning up. */
  hurry(): void
}

const mostRedirects = 5
const longestUrl = 8 << 10
const hurriedMs = 2_000
const utf8 = new TextDecoder()

/** A caller that sends through a transport and writes into a recorder. */
export function openCaller(options: {
  readonly target: Target
  readonly transport: Transport
  readonly recorder: Recorder
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly notify: (event: ProbeEvent) => void
}): Caller {
  const { target, recorder, clock, signal } = options
  let hurried = false

  const hop = async (call: Call, from?: string): Promise<Answer & { readonly sentToken: boolean }> => {
    const { fhirUrl, tokenOrigins } = target
    const token = call.authorization === undefined ? 'never' : call.token
    const decision = decide(call.url, { fhirUrl, tokenOrigins, token, ...(from ? { from } : {}) })
    const sentToken = decision.sendToken && call.authorization !== undefined
    const headers: readonly (readonly [string, string])[] =
      sentToken && call.authorization !== undefined
        ? [...call.headers, ['Authorization', call.authorization]]
        : call.headers
    const { method, url, body, maxBytes, bulk } = call
    const timeoutMs = hurried ? Math.min(call.timeoutMs, hurriedMs) : call.timeoutMs
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
    const came: WireResponse | Unheard = forbidden
      ? { silence: 'forbidden', problem: `this URL was not fetched: ${forbidden}` }
      : await options.transport({
          ...request,
          timeoutMs,
          maxBytes,
          ...(spool ? { sink: told(spool, options) } : {}),
          ...(bulk ? { bulk } : {}),
          ...(signal && !hurried ? { signal } : {}),
        })
    spool?.end()
    if (spool) options.notify({ kind: 'body', bytes: spool.bytes })
    const whole = spool && 'status' in came && came.status === 200 ? { spool } : {}
    const text =
      'silence' in came ? undefined : spool ? await smallText(spool, whole) : utf8.decode(came.body)
    const exchange = recorder.record({ request, startedAt }, came, text)
    const common = { exchange, url, sentToken, hops: [exchange], ...whole }
    if (!('spool' in whole)) spool?.drop()
    if ('silence' in came) return { ...common, silence: came.silence }
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
    return utf8.decode(Buffer.concat(chunks))
  }

  return {
    call: (call) => hop(call),
    async follow(call) {
      let answer = await hop(call)
      let { authorization } = call
      for (let redirects = 0; redirects < mostRedirects && isRedirect(answer.status); redirects += 1) {
        const to = resolveUrl(header(answer.headers ?? [], 'location') ?? '', answer.url)
        if (to === undefined) return answer
        if (!answer.sentToken) authorization = undefined
        const { authorization: _dropped, ...rest } = call
        // Whether it needs the token is for the origin that redirects to say: signed URLs of a storage service do not.
        const hopCall: Call = {
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
    hurry() {
      hurried = true
    },
  }
}

const tellEveryMs = 100

/** A spool that tells how much has come. */
function told(
  spool: Spool,
  { notify, clock }: { readonly notify: (event: ProbeEvent) => void; readonly clock: Clock },
): Sink {
  let last = clock.now()
  return {
    write(chunk) {
      spool.write(chunk)
      if (clock.now() - last >= tellEveryMs) {
        last = clock.now()
        notify({ kind: 'body', bytes: spool.bytes })
      }
    },
  }
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}
