import type { Clock } from '../model/clock.ts'
import type { Exchange, HeaderList } from '../model/http/exchange.ts'
import { header, mediaType } from '../model/http/exchange.ts'
import { type Masker, mask, openMasker } from './masking/text.ts'
import { type TextMasks, maskJson } from './masking/json.ts'
import type { NetworkFailure } from './transport/network-failure.ts'
import type { WireRequest, WireResponse } from './transport/message.ts'

/** The only place that makes Exchanges, and that masks secrets and personal text in them. */
export interface Recorder {
  readonly exchanges: readonly Exchange[]
  readonly masker: Masker
  /** Masks what is known to be secret in a text of any origin. */
  mask(text: string): string
  /** `text` is the live body of a response that may be shown in part; absent for output files. */
  record(sent: TimedRequest, received: WireResponse | NetworkFailure, text?: string): Exchange
}

/** A request and when it was sent. */
interface TimedRequest {
  readonly request: Pick<WireRequest, 'method' | 'url' | 'headers' | 'body'>
  readonly startedAt: number
}

const longestBroken = 2 << 10
const hiddenHeader = /^(cookie|set-cookie2?)$|-key$|token|secret|password|credential|signature|assertion/i
const schemeHeader = /^(proxy-)?authorization$/i
const progressWords =
  /\b(in[ -]progress|complet(e|ed|ing)|queued|pending|accepted|running|started|processing|done|exporting|percent|of|files?|resources?)\b/gi

/** Opens a record of exchanges. */
export function openRecorder(options: {
  readonly clock: Clock
  readonly showDiagnostics?: boolean
  /** Numbers go on after this one; 0 unless given. */
  readonly after?: number
}): Recorder {
  const { after = 0 } = options
  const exchanges: Exchange[] = []
  const masker = openMasker()
  const shown: TextMasks = {
    open: masker.mask,
    free: (text) => (options.showDiagnostics ? masker.mask(text) : mask(text)),
  }
  const shownHeaders = (headers: HeaderList): HeaderList =>
    headers.map(([name, value]) => [masker.mask(name), shownHeader(name, value, shown)])

  return {
    exchanges,
    masker,
    mask: masker.mask,
    record(sent, received, text) {
      const { request } = sent
      const exchange: Exchange = {
        number: after + exchanges.length + 1,
        request: {
          method: request.method,
          url: masker.mask(request.url),
          headers: shownHeaders(request.headers),
          ...(request.body === undefined ? {} : { body: shownRequestBody(request, shown) }),
        },
        ...('networkError' in received
          ? { networkError: received.networkError, problem: masker.mask(received.problem) }
          : {
              response: responseOf(
                received,
                shownHeaders(received.headers),
                bodyOf(text, received.headers, shown),
              ),
            }),
        startedAt: new Date(sent.startedAt).toISOString(),
        durationMs: Math.max(0, Math.round(options.clock.now() - sent.startedAt)),
      }
      exchanges.push(exchange)
      return exchange
    },
  }
}

function responseOf(
  received: Exclude<WireResponse, NetworkFailure>,
  headers: HeaderList,
  body: string | undefined,
) {
  const { status, framing, bytes, digest } = received
  return {
    status,
    headers,
    framing,
    ...(body === undefined ? {} : { body }),
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

function shownRequestBody(request: TimedRequest['request'], shown: TextMasks): string {
  const text = request.body ?? ''
  if (mediaType(header(request.headers, 'content-type')) === 'application/x-www-form-urlencoded')
    return shownForm(text, shown)
  return maskJson(text, shown) ?? mask(text)
}

function shownForm(text: string, shown: TextMasks): string {
  const pairs = [...new URLSearchParams(text)].map(([name, value]): [string, string] => [
    name,
    /^(client_assertion|assertion|client_secret|access_token|refresh_token|id_token|password|code)$/.test(
      name,
    )
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

/** Whether a progress text shows only how far an export is. */
function isPlainProgress(value: string): boolean {
  return !/[\p{L}\p{M}]/u.test(value.replace(progressWords, ''))
}
