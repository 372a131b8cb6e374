import { requestOutcomeOf } from '../../model/export/failure.ts'
import { type Exchange, headerValues } from '../../model/http/exchange.ts'
import { parseUrl, resolveUrl } from '../../model/http/url.ts'
import { neverArose, satisfied, undecided, violated } from '../../model/judgement.ts'
import { isJsonObject } from '../../model/json.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { noParams } from '../params.ts'
import { bodyMember } from './response-body.ts'

/** A URL that a response names, as it is written, and where. */
interface NamedUrl {
  readonly text: string
  readonly what: string
  readonly part: { readonly header: string } | { readonly pointer: string }
}

const headerNames = ['Content-Location', 'Location']
const lists = ['output', 'deleted', 'error']

const staysOnHttps = exchangeCheck<true>({
  name: 'stays-on-https',
  states:
    'The response names no http URL as a polling location, a file, a token endpoint or the target of a redirect. Without https it names none that matters.',
  params: noParams,
  judgesSilence: true,
  judge(exchange, _, { target }) {
    const { number, request, response, stop } = exchange
    if (!isHttps(target.fhirUrl) && !isHttps(request.url)) return neverArose('the FHIR base URL is not https')
    if (stop?.kind === 'downgrade')
      return violated({
        message: 'The server leads from https to http. bulkcheck does not follow it.',
        expected: 'an https URL',
        actual: 'an http URL',
        where: { exchange: number },
      })
    if (!response) return undecided({ kind: 'no-response', ...requestOutcomeOf(exchange) })
    const named = namedUrls(exchange)
    if (named.length === 0) return neverArose('the response names no URL')
    const plain = named.find((it) => parseUrl(resolveUrl(it.text, request.url) ?? '')?.protocol === 'http:')
    if (!plain) return satisfied
    return violated({
      message: `${plain.what} is an http URL, although the server was asked by https.`,
      expected: 'an https URL',
      actual: 'an http URL',
      where: { exchange: number, part: plain.part },
    })
  },
})

function isHttps(url: string): boolean {
  return parseUrl(url)?.protocol === 'https:'
}

function namedUrls(exchange: Exchange): readonly NamedUrl[] {
  const headers = exchange.response?.headers ?? []
  const inHeaders = headerNames.flatMap((header) =>
    headerValues(headers, header).map((text) => ({ text, what: header, part: { header } })),
  )
  const endpoint = bodyMember(exchange, 'token_endpoint')
  const what = '`token_endpoint` of the SMART configuration'
  const pointer = '/token_endpoint'
  return [
    ...inHeaders,
    ...(typeof endpoint === 'string' ? [{ text: endpoint, what, part: { pointer } }] : []),
    ...lists.flatMap((list) => namedFiles(exchange, list)),
  ]
}

function namedFiles(exchange: Exchange, list: string): readonly NamedUrl[] {
  const items = bodyMember(exchange, list)
  if (!Array.isArray(items)) return []
  return items.flatMap((item: unknown, at) =>
    isJsonObject(item) && typeof item.url === 'string'
      ? [{ text: item.url, what: `A file URL in \`${list}\``, part: { pointer: `/${list}/${at}/url` } }]
      : [],
  )
}

/** The check that a server does not leave https. */
export const httpsChecks: readonly Check[] = [staysOnHttps]
