import { randomBytes } from 'node:crypto'
import type { Clock } from '../../model/clock.ts'
import type { Exchange, HeaderList } from '../../model/http/exchange.ts'
import type { PolicyStop } from '../../model/http/policy-stop.ts'
import { openKnownSecrets } from '../../model/secrets/known-secrets.ts'
import { mask } from '../../model/secrets/mask.ts'
import { openDigest } from '../masking/digest.ts'
import { type ExchangeMask, type MaskOptions, openExchangeMask } from '../masking/exchange-mask.ts'
import type { Masker } from '../masking/text.ts'
import { errorDescription } from '../authorization/error-description.ts'
import type { ControlContent } from '../control-body.ts'
import { openExchangePages } from './exchange-pages.ts'
import { type KeptBody, openBodyRoom } from './kept-body.ts'
import { openSharedHeaders } from './shared-headers.ts'
import type { ProbeEvent } from '../events.ts'
import type { KeySetAnswer, KeySetRequest } from '../key-set-host.ts'
import type { NetworkFailure } from '../transport/network-failure.ts'
import type { HandshakeOutcome, WireRequest, WireResponse } from '../transport/message.ts'

/** Exchanges of the pages of a record have numbers of their own. */
const exchangesPerPage = 1_000_000

/** The page behind all others. */
export const lastPage = 100_000

/** A record that begins so many numbers after another one shares no number with it. */
export const exchangesPerRecord = exchangesPerPage * 1_000_000

/** The only place that makes Exchanges, and that masks secrets and personal text in them. */
export interface Recorder {
  /** In the order of their numbers. */
  readonly exchanges: readonly Exchange[]
  /** The same record, written on a page: what it records is numbered after all that is on the pages before. The first page is 0. */
  onPage(page: number): Recorder
  /** The number that the next exchange will have. */
  nextNumber(): number
  readonly masker: Masker
  /** Masks what is known to be secret in a text of any origin. */
  mask(text: string): string
  /** A URL as it is shown in exchanges. */
  showUrl(url: string): string
  /** The `error_description` of a refusal, though exchanges show no free text; only secrets are masked. */
  descriptionOf(exchange: number): string | undefined
  /** `content` is the live body of a response, which may be shown in part; absent for output files. */
  record(sent: TimedRequest, received: WireResponse | NetworkFailure, content?: ControlContent): Exchange
  /** Records a request that the server made of the harness, and the response. */
  recordReceived(request: KeySetRequest, answer: KeySetAnswer, at: number): Exchange
  /** Records a handshake with the host of a URL. */
  recordHandshake(
    sent: { readonly url: string; readonly startedAt: number },
    outcome: HandshakeOutcome,
  ): Exchange
}

/** A request and when it was sent. */
interface TimedRequest {
  readonly request: Pick<WireRequest, 'method' | 'url' | 'headers' | 'body'>
  readonly startedAt: number
}

/** Opens a record of exchanges. */
export function openRecorder(
  options: Partial<MaskOptions> & {
    readonly clock: Clock
    /** Numbers go on after this one; 0 unless given. */
    readonly after?: number
    /** Called for each exchange once it is recorded. */
    readonly notify?: (event: ProbeEvent) => void
  },
): Recorder {
  const { after = 0, digest = openDigest(randomBytes(32)), secrets = openKnownSecrets() } = options
  const pages = openExchangePages()
  const descriptions = new Map<number, string>()
  const shown = openExchangeMask({ ...options, digest, secrets })
  const { masker } = shown
  const room = openBodyRoom()
  const shared = openSharedHeaders()

  const nextNumber = (page: number) => after + page * exchangesPerPage + pages.lengthOf(page) + 1
  const timesOf = ({ startedAt }: { readonly startedAt: number }) => ({
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.max(0, Math.round(options.clock.now() - startedAt)),
  })
  const keep = (exchange: Exchange, page: number) => {
    pages.add(page, exchange)
    options.notify?.({ kind: 'exchange', exchange })
  }
  const onPage = (page: number): Recorder => ({
    get exchanges() {
      return pages.all()
    },
    onPage,
    nextNumber: () => nextNumber(page),
    masker,
    mask: masker.mask,
    showUrl: shown.url,
    descriptionOf(exchange) {
      const text = descriptions.get(exchange)
      return text === undefined ? undefined : masker.mask(text)
    },
    record(sent, received, content = {}) {
      const { request } = sent
      const hasResponse = !('networkError' in received)
      shown.learn(request, hasResponse ? received : { status: 0, headers: [] }, content.text)
      const assertion = request.body === undefined ? undefined : shown.assertion(request)
      const exchange: Exchange = {
        number: nextNumber(page),
        request: {
          method: request.method,
          url: shown.url(request.url),
          headers: shared(shown.requestHeaders(request.headers)),
          ...(request.body === undefined ? {} : { body: shown.requestBody(request) }),
          ...(assertion ? { assertion } : {}),
        },
        ...('networkError' in received
          ? {
              networkError: received.networkError,
              ...(received.networkError === 'forbidden'
                ? { stop: maskedStop(received.stop, masker) }
                : { problem: masker.mask(received.problem) }),
            }
          : {
              response: responseOf(
                received,
                shared(shown.responseHeaders(received.headers)),
                room.kept(keptBody(content, received.headers, shown)),
                content,
              ),
            }),
        ...timesOf(sent),
      }
      keep(exchange, page)
      const description = 'networkError' in received ? undefined : errorDescription(received, content.text)
      if (description !== undefined) descriptions.set(exchange.number, description)
      return exchange
    },
    recordReceived(request, answer, at) {
      const exchange: Exchange = {
        number: nextNumber(page),
        request: {
          method: request.method,
          url: shown.url(request.url),
          headers: shown.requestHeaders(request.headers),
        },
        received: true,
        ...(answer === 'unreachable'
          ? { networkError: 'reset', problem: 'bulkcheck closed the connection on purpose' }
          : {
              response: {
                ...{ status: answer.status, headers: answer.headers, framing: 'length', body: answer.body },
                bytes: Buffer.byteLength(answer.body),
              },
            }),
        ...{ startedAt: new Date(at).toISOString(), durationMs: 0 },
      }
      keep(exchange, page)
      return exchange
    },
    recordHandshake(sent, { handshake, failure }) {
      const exchange: Exchange = {
        number: nextNumber(page),
        request: { method: handshake.offers, url: shown.url(sent.url), headers: [] },
        handshake,
        ...failure,
        ...timesOf(sent),
      }
      keep(exchange, page)
      return exchange
    },
  })
  return onPage(0)
}

/** Members of a stop that are not words of our own. */
const texts = new Set(['origin', 'scheme', 'problem'])

function maskedStop(stop: PolicyStop, masker: Masker): PolicyStop {
  return Object.fromEntries(
    Object.entries(stop).map(([name, it]) => [name, texts.has(name) ? masker.mask(String(it)) : it]),
  ) as unknown as PolicyStop
}

function responseOf(
  received: Exclude<WireResponse, NetworkFailure>,
  headers: HeaderList,
  body: KeptBody,
  { encoding, digest = received.digest }: ControlContent,
) {
  const { status, framing, bytes } = received
  return {
    status,
    headers,
    framing,
    ...body,
    ...(encoding === undefined ? {} : { encoding }),
    bytes,
    ...(digest === undefined ? {} : { digest }),
  }
}

function keptBody(
  { text, end, reading }: ControlContent,
  headers: HeaderList,
  shown: ExchangeMask,
): KeptBody {
  if (text !== undefined && end !== undefined) return { body: mask(text), bodyEnd: mask(end) }
  const body = shown.responseBody(text, headers)
  if (body === undefined) return {}
  return { body, ...(reading ? { rows: reading.rows } : {}) }
}
