import type { Clock } from '../model/clock.ts'
import type { Exchange, HeaderList } from '../model/http/exchange.ts'
import { header, mediaType } from '../model/http/exchange.ts'
import type { KnownSecrets } from '../model/secrets/known-secrets.ts'
import { mask } from '../model/secrets/mask.ts'
import { type Masker, openMasker } from './masking/text.ts'
import { type TextMasks, maskJson } from './masking/json.ts'
import { isPlainProgress } from './masking/progress.ts'
import { errorDescription } from './authorization/error-description.ts'
import type { ControlContent } from './control-body.ts'
import { type KeptBody, openBodyRoom } from './kept-body.ts'
import type { NetworkFailure } from './transport/network-failure.ts'
import type { WireRequest, WireResponse } from './transport/message.ts'

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
  /** `content` is the live body of a response, which may be shown in part; absent for output files. */
  record(sent: TimedRequest, received: WireResponse | NetworkFailure, content?: ControlContent): Exchange
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
  /** What is secret; what becomes known is added. */
  readonly secrets?: KnownSecrets
}): Recorder {
  const { after = 0 } = options
  const hidden = new Set(options.hiddenNames?.map((it) => it.toLowerCase()))
  const exchanges: Exchange[] = []
  const pages = new Map<number, number>()
  const descriptions = new Map<number, string>()
  const masker = openMasker(options.secrets)
  const room = openBodyRoom()
  const shown: TextMasks = {
    open: masker.mask,
    free: (text) => (options.showDiagnostics ? masker.mask(text) : mask(text)),
  }
  const shared = openSharedHeaders()
  const shownHeaders = (headers: HeaderList): HeaderList =>
    shared(
      headers.map(([name, value]) => [
        masker.mask(name),
        hidden.has(name.toLowerCase()) ? mask(value) : shownHeader(name, value, shown),
      ]),
    )

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
    record(sent, received, content = {}) {
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
                room.kept(bodyOf(content, received.headers, shown)),
                content,
              ),
            }),
        startedAt: new Date(sent.startedAt).toISOString(),
        durationMs: Math.max(0, Math.round(options.clock.now() - sent.startedAt)),
      }
      insert(exchange, exchanges)
      pages.set(page, (pages.get(page) ?? 0) + 1)
      const description = 'networkError' in received ? undefined : errorDescription(received, content.text)
      if (description !== undefined) descriptions.set(exchange.number, description)
      return exchange
    },
  })
  return onPage(0)
}

const mostShared = 1 << 10

/** Headers that are the same in many exchanges are one object, and so are fields: a run may have 100,000 downloads. */
function openSharedHeaders(): (headers: HeaderList) => HeaderList {
  const lists = new Map<string, HeaderList>()
  const fields = new Map<string, HeaderList[number]>()
  return (headers) =>
    share(
      lists,
      headers.map((it) => share(fields, it)),
    )
}

function share<T extends HeaderList | HeaderList[number]>(known: Map<string, T>, value: T): T {
  const key = JSON.stringify(value)
  const same = known.get(key)
  if (same) return same
  if (known.size === mostShared) known.clear()
  known.set(key, value)
  return value
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

function bodyOf({ text, end, reading }: ControlContent, headers: HeaderList, shown: TextMasks): KeptBody {
  if (!text) return {}
  if (end !== undefined) return { body: mask(text), bodyEnd: mask(end) }
  const reduced = maskJson(text, shown)
  if (reduced !== undefined) return { body: reduced, ...(reading ? { rows: reading.rows } : {}) }
  const type = mediaType(header(headers, 'content-type')) ?? ''
  return type.includes('json') && !type.includes('ndjson') ? { body: mask(text.slice(0, longestBroken)) } : {}
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
