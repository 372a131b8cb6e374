import { type Exchange, header, mediaType } from '../../model/http/exchange.ts'
import { type Judgement, neverArose, satisfied, undecided, violated } from '../../model/judgement.ts'
import { indecisiveStatus, stated } from '../../model/reason.ts'
import { type Check, type JsonSchema, exchangeCheck } from '../check.ts'
import { itemRuns, numberOfItems } from './response-body.ts'
import { parseHttpDate } from '../../model/http/http-date.ts'
import { isRedirect, isRefusal, isThrottled } from '../../model/http/status.ts'
import { noParams } from '../params.ts'

type StatusCode = number | string
type StatusCodes = StatusCode | readonly StatusCode[]

const code: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: 100, maximum: 599 },
    { type: 'string', pattern: '^[1-5]XX$' },
  ],
}
const codes: JsonSchema = {
  anyOf: [...(code.anyOf as JsonSchema[]), { type: 'array', minItems: 1, items: code }],
  description: 'A status code, a class such as `4XX`, or a list of them.',
}

function list(wanted: StatusCodes): readonly StatusCode[] {
  return typeof wanted === 'object' ? wanted : [wanted]
}

/** A server that throttles or puts off a request hides what it would answer, unless the test is about that. */
function hidesAnswer(
  { status, headers }: NonNullable<Exchange['response']>,
  wanted: StatusCodes,
  negated: boolean,
): boolean {
  if (!isThrottled(status)) return false
  const isListed = list(wanted).includes(status)
  const isPutOff = status === 503 && header(headers, 'retry-after') !== undefined
  if (negated) return meets(status, wanted) && (isPutOff || !isListed)
  if (status === 429) return !isListed
  return isPutOff && !meets(503, wanted) && !list(wanted).every((it) => it === 429)
}

function meets(status: number, wanted: StatusCodes): boolean {
  return list(wanted).some((it) => it === status || (typeof it === 'string' && it[0] === String(status)[0]))
}

const status = exchangeCheck<StatusCodes | { readonly not: StatusCodes }>({
  name: 'status',
  states:
    'The response has this status code, or one of these. 429, and 503 with Retry-After, are inconclusive unless the list includes them. Where a class such as `5XX` is excluded, any 503 is inconclusive.',
  params: {
    anyOf: [
      ...(codes.anyOf as JsonSchema[]),
      { type: 'object', properties: { not: codes }, required: ['not'], additionalProperties: false },
    ],
    description: 'A status code, a class such as `4XX`, a list of them, or `{ not: … }`.',
  },
  judge({ response, number }, params) {
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    const negated = typeof params === 'object' && 'not' in params
    const wanted = negated ? params.not : (params as StatusCodes)
    if (hidesAnswer(response, wanted, negated))
      return undecided(indecisiveStatus(number, response.status, 'throttled'))
    if (meets(response.status, wanted) !== negated) return satisfied
    return violated({
      message: `The request is answered with status ${response.status}.`,
      expected: `${negated ? 'a status other than ' : ''}${list(wanted).join(' or ')}`,
      actual: String(response.status),
      where: { exchange: number },
    })
  },
})

const refused = exchangeCheck<true>({
  name: 'refused',
  states:
    'The server refuses the request with 4XX or 5XX. Throttling (429, 503) and redirects are inconclusive.',
  params: noParams,
  judge({ response, number }) {
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    if (isThrottled(response.status)) return undecided(indecisiveStatus(number, response.status, 'throttled'))
    if (isRefusal(response.status)) return satisfied
    if (isRedirect(response.status)) return undecided(indecisiveStatus(number, response.status, 'redirected'))
    return violated({
      message: 'The server does not refuse the request.',
      expected: '4XX or 5XX',
      actual: String(response.status),
      where: { exchange: number },
    })
  },
})

const fileAbsent = exchangeCheck<true>({
  name: 'file-absent',
  states:
    'The request for a file fails with 4XX or 5XX. If the server sends a file, the test does not apply, because a server may ignore parts of a URL.',
  params: noParams,
  judge({ response, number }): Judgement {
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    if (isRefusal(response.status)) return satisfied
    if (isRedirect(response.status)) return undecided(indecisiveStatus(number, response.status, 'redirected'))
    const isFile =
      response.bytes > 0 && mediaType(header(response.headers, 'content-type')) === 'application/fhir+ndjson'
    if (isFile) return neverArose('the server sends a file from the altered URL, too')
    return violated({
      message: `The request for a file that does not exist is answered with status ${response.status}.`,
      expected: '4XX or 5XX',
      actual: String(response.status),
      where: { exchange: number },
    })
  },
})

const accepted = exchangeCheck<true>({
  name: 'accepted',
  states: 'The server accepts the kick-off request with 202 and a polling location in Content-Location.',
  params: noParams,
  judge({ response, number }) {
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    if (isThrottled(response.status)) return undecided(indecisiveStatus(number, response.status, 'throttled'))
    if (response.status !== 202)
      return violated({
        message: 'The server does not accept the kick-off request.',
        expected: '202 Accepted',
        actual: String(response.status),
        where: { exchange: number },
      })
    if (
      response.headers.some(
        ([name, value]) => name.toLowerCase() === 'content-location' && value.trim() !== '',
      )
    )
      return satisfied
    return violated({
      message: 'The kick-off response has no Content-Location header.',
      expected: 'a Content-Location header',
      actual: 'absent',
      where: { exchange: number, part: { header: 'Content-Location' } },
    })
  },
})

const acceptedOrRefused = exchangeCheck<true>({
  name: 'accepted-or-refused',
  states:
    'The server accepts the request with 202, or refuses it with 4XX or 501: a server need not support an optional feature, but must not fail.',
  params: noParams,
  judge({ response, number }): Judgement {
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    if (response.status === 503) return undecided(indecisiveStatus(number, response.status, 'unavailable'))
    if (meets(response.status, [201, 202, '4XX', 501])) return satisfied
    return violated({
      message: `The request is answered with status ${response.status}.`,
      expected: '202, or 4XX or 501 if the server does not support it',
      actual: String(response.status),
      where: { exchange: number },
    })
  },
})

const recovers = exchangeCheck<true>({
  name: 'recovers',
  states: 'The export completes after this response.',
  params: noParams,
  judge({ number }, _, { evidence }) {
    if (evidence.probe !== 'export') return undecided('only an export completes')
    const it = evidence.export
    if (it.state === 'complete' || (it.state === 'deleted' && it.completion)) return satisfied
    if (it.state !== 'failed') return undecided(`the export did not end during the run (state: ${it.state})`)
    return violated({
      message: 'The export fails after the server throttled a status request.',
      expected: '200 and the manifest',
      actual: String(it.completion.response?.status ?? 'no response'),
      where: { exchange: Math.max(it.completion.number, number) },
    })
  },
})

const exportsNothing = exchangeCheck<true>({
  name: 'exports-nothing',
  states: 'The response is an error, or a manifest that lists no output files.',
  params: noParams,
  judge(exchange) {
    const { response, number } = exchange
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    if (isThrottled(response.status)) return undecided(indecisiveStatus(number, response.status, 'throttled'))
    if (isRefusal(response.status)) return satisfied
    const output = itemRuns(exchange, 'output')
    if (!output) return undecided({ kind: 'unusable-body', exchange: number, flaw: 'no-manifest' })
    if (output.length === 0) return satisfied
    return violated({
      message: 'The server exports resources.',
      expected: 'a refusal, a failed export, or no output files',
      actual: `${numberOfItems(output)} output files`,
      where: { exchange: number, part: { pointer: '/output' } },
    })
  },
})

const clockSkewMs = 5_000

const expiresLater = exchangeCheck<true>({
  name: 'expires-later',
  states: 'The date in the Expires header, if there is one, is after the response.',
  params: noParams,
  judge({ response, number, startedAt }) {
    const value = response?.headers.find(([name]) => name.toLowerCase() === 'expires')?.[1]
    if (value === undefined) return neverArose('the response has no Expires header')
    const at = Date.parse(startedAt)
    const expires = parseHttpDate(value, at)
    if (expires === undefined)
      return undecided(stated('the Expires header does not contain an HTTP-date', number))
    const date = response?.headers.find(([name]) => name.toLowerCase() === 'date')?.[1]
    const sent = (date === undefined ? undefined : parseHttpDate(date, at)) ?? at
    if (expires + clockSkewMs >= sent) return satisfied
    return violated({
      message: 'The date in the Expires header is before the response.',
      expected: 'a date in the future',
      actual: value,
      where: { exchange: number, part: { header: 'Expires' } },
    })
  },
})

/** Checks on status codes, refusals and the end of an export. */
export const statusChecks: readonly Check[] = [
  status,
  refused,
  fileAbsent,
  accepted,
  acceptedOrRefused,
  recovers,
  exportsNothing,
  expiresLater,
]
