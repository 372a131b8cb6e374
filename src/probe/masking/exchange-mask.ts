import { type DecodedAssertion, type HeaderList, header, mediaType } from '../../model/http/exchange.ts'
import { resolveUrl } from '../../model/http/url.ts'
import { isSuccess } from '../../model/http/status.ts'
import type { KnownSecrets } from '../../model/secrets/known-secrets.ts'
import { mask } from '../../model/secrets/mask.ts'
import type { WireRequest } from '../transport/message.ts'
import type { Digest } from './digest.ts'
import { isSecretHeader, issuedSecrets } from './issued-secrets.ts'
import { maskJson, openJson, type TextMasks } from './json.ts'
import { decodedAssertion } from './own-assertion.ts'
import { shownProgress } from './progress.ts'
import { headerRule } from './shown.ts'
import { type Masker, openMasker } from './text.ts'
import { openUrlMask } from './url.ts'

/** What a mask knows before the first exchange. */
export interface MaskOptions {
  readonly digest: Digest
  /** What becomes known to be secret is added. */
  readonly secrets: KnownSecrets
  readonly showDiagnostics?: boolean
  /** Names of further header fields and form fields whose values are masked. */
  readonly hiddenNames?: readonly string[]
  /** URLs whose parts are shown wherever they are. */
  readonly ownUrls?: readonly string[]
  /** Whether the polling location of a job at this URL is shown. */
  readonly isTrusted?: (url: string) => boolean
  /** Names and values that the suites mention: who tests a header field wants to see it. */
  readonly mentioned?: ReadonlySet<string>
}

/** What comes before the body of a response; status 0 if there was no response. */
interface ReceivedHead {
  readonly status: number
  readonly headers: HeaderList
}

type SentRequest = Pick<WireRequest, 'method' | 'url' | 'headers' | 'body'>

/** The only place that decides how exchanges are recorded; `shown.ts` lists what is shown of a response. */
export interface ExchangeMask {
  readonly masker: Masker
  /** Notes what an exchange makes known: secrets, and the polling location of a job. */
  learn(request: SentRequest, response: ReceivedHead, body?: string): void
  url(url: string): string
  requestHeaders(headers: HeaderList): HeaderList
  requestBody(request: SentRequest): string
  /** The client assertion of a request, decoded. */
  assertion(request: SentRequest): DecodedAssertion | undefined
  responseHeaders(headers: HeaderList): HeaderList
  responseBody(text: string | undefined, headers: HeaderList): string | undefined
}

const longestBroken = 2 << 10
const schemeHeader = /^(proxy-)?authorization$/i
const secretField =
  /^(client_assertion|assertion|client_secret|access_token|refresh_token|id_token|password|code)$/

/** Opens a mask for the exchanges with a target. */
export function openExchangeMask(options: MaskOptions): ExchangeMask {
  const { digest, mentioned = new Set<string>() } = options
  const hidden = new Set(options.hiddenNames?.map((it) => it.toLowerCase()))
  const names = new Set([...mentioned].map((it) => it.toLowerCase()))
  const masker = openMasker(options.secrets)
  const urls = openUrlMask(digest, mentioned)
  for (const it of options.ownUrls ?? []) urls.know(it)
  const showUrl = (url: string) => masker.mask(urls.show(url))
  const shown: TextMasks = {
    open: masker.mask,
    free: (text) => (options.showDiagnostics ? masker.mask(text) : mask(text)),
    url: showUrl,
    name: (text) => (mentioned.has(text) ? text : digest(text)),
    isMentioned: (name) => mentioned.has(name),
  }

  const shownHeader = (value: string, rule: ReturnType<typeof headerRule>): string => {
    if (rule === 'url') return showUrl(value)
    if (rule === 'progress') return options.showDiagnostics ? masker.mask(value) : shownProgress(value)
    if (rule === 'challenge') return masker.mask(shownChallenge(value, digest, shown))
    return rule?.test(value) ? masker.mask(value) : digest(value)
  }

  return {
    masker,
    learn(request, { status, headers }, body = '') {
      // A token request and a kick-off are our own, whoever named the endpoint.
      if (request.method === 'POST' || /\/(?:\$|%24)export(?:[?#]|$)/i.test(request.url))
        urls.know(request.url)
      for (const it of issuedSecrets(headers, body)) masker.addSecret(it)
      const location = header(headers, 'content-location') ?? header(headers, 'location')
      const job = location === undefined ? undefined : resolveUrl(location, request.url)
      if (job !== undefined && isSuccess(status) && options.isTrusted?.(job)) urls.know(job)
    },
    url: showUrl,
    requestHeaders: (headers) =>
      headers.map(([name, value]) => [
        masker.mask(name),
        hidden.has(name.toLowerCase()) || isSecretHeader(name)
          ? mask(value)
          : schemeHeader.test(name)
            ? credentialsOf(value)
            : masker.mask(value),
      ]),
    requestBody(request) {
      const { body = '', headers } = request
      if (mediaType(header(headers, 'content-type')) !== 'application/x-www-form-urlencoded')
        return openJson(body, shown) ?? mask(body)
      const fields = [...new URLSearchParams(body)].map(([name, value]): [string, string] => [
        name,
        secretField.test(name) || hidden.has(name.toLowerCase()) ? mask(value) : masker.mask(value),
      ])
      return new URLSearchParams(fields).toString()
    },
    assertion: (request) => decodedAssertion(request, masker.mask),
    responseHeaders: (headers) =>
      headers.map(([name, value]) => {
        const rule = headerRule(name)
        if (rule === undefined && names.has(name.toLowerCase())) return [name, masker.mask(value)]
        return [rule === undefined ? digest(name) : name, shownHeader(value, rule)]
      }),
    responseBody(text, headers) {
      if (!text) return undefined
      const reduced = maskJson(text, shown)
      if (reduced !== undefined) return reduced
      const type = mediaType(header(headers, 'content-type')) ?? ''
      return type.includes('json') && !type.includes('ndjson')
        ? mask(text.slice(0, longestBroken))
        : undefined
    },
  }
}

function credentialsOf(value: string): string {
  return value.replace(
    /^((?:Bearer|Basic|Digest|DPoP)\s+)?([\s\S]*)$/i,
    (_all, scheme = '', rest) => scheme + mask(rest),
  )
}

/** Schemes and errors of a challenge (RFC 6750 section 3); the values of other parameters are digests. A resource server may describe a patient. */
function shownChallenge(value: string, digest: Digest, { free }: TextMasks): string {
  return value.replace(
    /([\w-]+)(\s*=\s*)(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|[^\s,="]+/g,
    (all, name?: string, equals = '', quoted?: string, plain = '') => {
      if (name === undefined)
        return /^(?:Basic|Bearer|Digest|DPoP|Negotiate|HOBA|Mutual)$/i.test(all) ? all : digest(all)
      const text = quoted ?? plain
      const isCode = name === 'error' && /^[a-z_]{0,40}$/.test(text)
      const shown = isCode ? text : name === 'error_description' ? free(text) : digest(text)
      return `${name}${equals}${quoted === undefined ? shown : `"${shown}"`}`
    },
  )
}
