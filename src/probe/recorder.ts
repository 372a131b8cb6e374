import type { Clock } from '../model/clock.ts'
import type { Exchange, HeaderList } from '../model/http/exchange.ts'
import { header, mediaType } from '../model/http/exchange.ts'
import { type Masker, mask, openMasker } from './masking/text.ts'
import { type TextMasks, maskJson } from './masking/json.ts'
import { isPlainProgress } from './masking/progress.ts'
import { errorDescription } from './authorization/error-description.ts'
import type { KeySetAnswer, KeySetRequest } from './key-set-host.ts'
import type { OddEncoding } from './body-encoding.ts'
import type { NetworkFailure } from './transport/network-failure.ts'
import type { HandshakeOutcome, WireRequest, WireResponse } from './transport/message.ts'

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
  /** The `error_description` of a refusal, though exchanges show no free text; only secrets are masked. */
  descriptionOf(exchange: number): string | undefined
  /** `text` is the live body of a response that may be shown in part, and `encoding` what is odd about its bytes; absent for output files. */
  record(
    sent: TimedRequest,
    received: WireResponse | NetworkFailure,
    text?: string,
    encoding?: OddEncoding,
  ): Exchange
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

const longestBroken = 2 << 10
const hiddenHeader = /^(cookie|set-cookie2?)$|-key$|token|secret|password|credential|signature|assertion/i
const schemeHeader = /^(proxy-)?authorization$/i

/** Opens a record of exchanges. */
export function openRecorder(options: {
  readonly clock: Clock
  readonly showDiagnostics?: boolean
  /** Numbers go on after this one; 0 unless given. */
  readonly after?: number
  /** Names of further header fields and form fields whose values are masked. */
  readonly hiddenNames?: readonly string[]
}): Recorder {
  const { after = 0 } = options
  const hidden = new Set(options.hiddenNames?.map((it) => it.toLowerCase()))
  const exchanges: Exchange[] = []
  const pages = new Map<number, number>()
  const descriptions = new Map<number, string>()
  const masker = openMasker()
  const shown: TextMasks = {
    open: masker.mask,
    free: (text) => (options.showDiagnostics ? masker.mask(text) : mask(text)),
  }
  const shownHeaders = (headers: HeaderList): HeaderList =>
    headers.map(([name, value]) => [
      masker.mask(name),
      hidden.has(name.toLowerCase()) ? mask(value) : shownHeader(name, value, shown),
    ])

  const timesOf = ({ startedAt }: { readonly startedAt: number }) => ({
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.max(0, Math.round(options.clock.now() - startedAt)),
  })
  const keep = (exchange: Exchange, page: number) => {
    insert(exchange, exchanges)
    pages.set(page, (pages.get(page) ?? 0) + 1)
  }
  const nextNumber = (page: number) => after + page * exchangesPerPage + (pages.get(page) ?? 0) + 1
  const onPage = (page: number): Recorder => ({
    exchanges,
    onPage,
    nextNumber: () => nextNumber(page),
    masker,
    mask: masker.mask,
    descriptionOf(exchange) {
      const text = descriptions.get(exchange)
      return text === undefined ? undefined : masker.mask(text)
    },
    record(sent, received, text, encoding) {
      const { request } = sent
      const exchange: Exchange = {
        number: nextNumber(page),
        request: {
          method: request.method,
          url: masker.mask(request.url),
          headers: shownHeaders(request.headers),
          ...(request.body === undefined ? {} : { body: shownRequestBody(request, shown, hidden) }),
        },
        ...('networkError' in received
          ? { networkError: received.networkError, problem: masker.mask(received.problem) }
          : {
              response: responseOf(
                received,
                shownHeaders(received.headers),
                bodyOf(text, received.headers, shown),
                encoding,
              ),
            }),
        ...timesOf(sent),
      }
      keep(exchange, page)
      const description = 'networkError' in received ? undefined : errorDescription(received, text)
      if (description !== undefined) descriptions.set(exchange.number, description)
      return exchange
    },
    recordReceived(request, answer, at) {
      const exchange: Exchange = {
        number: nextNumber(page),
        request: {
          method: request.method,
          url: masker.mask(request.url),
          headers: shownHeaders(request.headers),
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
    recordHandshake(sent, { handshake, networkError, problem }) {
      const exchange: Exchange = {
        number: nextNumber(page),
        request: { method: handshake.offers, url: masker.mask(sent.url), headers: [] },
        handshake,
        ...(networkError ? { networkError } : {}),
        ...(problem === undefined ? {} : { problem }),
        ...timesOf(sent),
      }
      keep(exchange, page)
      return exchange
    },
  })
  return onPage(0)
}

/** Puts an exchange where its number belongs, which is near the end. */
function insert(exchange: Exchange, exchanges: Exchange[]): void {
  let at = exchanges.length
  while ((exchanges[at - 1]?.number ?? 0) > exchange.number) at -= 1
  exchanges.splice(at, 0, exchange)
}

function responseOf(
  received: Exclude<WireResponse, NetworkFailure>,
  headers: HeaderList,
  body: string | undefined,
  encoding: OddEncoding | undefined,
) {
  const { status, framing, bytes, digest } = received
  return {
    status,
    headers,
    framing,
    ...(body === undefined ? {} : { body }),
    ...(encoding === undefined ? {} : { encoding }),
    bytes,
    ...(digest === undefined ? {} : { digest }),
  }
}

function bodyOf(text: string | undefined, headers: HeaderList, shown: TextMasks): string | undefined {
  if (!text) return undefined
  const reduced = maskJson(text, shown)
  if (reduced !== undefined) return reduced
  const type = mediaType(header(headers, 'content-type')) ?? ''
  return type.includes('json') && !type.includes('ndjson') ? mask(text.slice(0, longestBroken)) : undefined
}

function shownRequestBody(
  request: TimedRequest['request'],
  shown: TextMasks,
  hidden: ReadonlySet<string>,
): string {
  const text = request.body ?? ''
  if (mediaType(header(request.headers, 'content-type')) === 'application/x-www-form-urlencoded')
    return shownForm(text, shown, hidden)
  return maskJson(text, shown) ?? mask(text)
}

function shownForm(text: string, shown: TextMasks, hidden: ReadonlySet<string>): string {
  const pairs = [...new URLSearchParams(text)].map(([name, value]): [string, string] => [
    name,
    /^(client_assertion|assertion|client_secret|access_token|refresh_token|id_token|password|code)$/.test(
      name,
    ) || hidden.has(name.toLowerCase())
      ? mask(value)
      : shown.open(value),
  ])
  return new URLSearchParams(pairs).toString()
}

function shownHeader(name: string, value: string, shown: TextMasks): string {
  if (schemeHeader.test(name))
    return value.replace(
      /^((?:Bearer|Basic|Digest|DPoP)\s+)?([\s\S]*)$/i,
      (_all, scheme = '', rest) => scheme + mask(rest),
    )
  if (hiddenHeader.test(name)) return mask(value)
  if (/^x-progress$/i.test(name)) return isPlainProgress(value) ? value : shown.free(value)
  if (/^www-authenticate$/i.test(name))
    return shown.open(
      value.replace(
        /(error_description\s*=\s*")([^"]*)/gi,
        (_all, key: string, it: string) => key + shown.free(it),
      ),
    )
  return shown.open(value)
}
