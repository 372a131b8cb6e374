import { type Exchange, header as first, headerValues, mediaType } from '../../model/http/exchange.ts'
import {
  type Judgement,
  neverArose,
  satisfied,
  displayValue,
  undecided,
  violated,
} from '../../model/judgement.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { parseInstant } from '../../model/fhir/instants.ts'
import { parseHttpDate } from '../../model/http/http-date.ts'
import { isDelayOrDate } from '../../model/http/retry-after.ts'
import { isAbsoluteUrl } from '../../model/http/url.ts'
import { withDescription, objectParams, textParam } from '../params.ts'

const forms = {
  present: { called: 'a value', is: () => true },
  absent: { called: 'no such header', is: () => false },
  'absolute-url': { called: 'an absolute http or https URL', is: isAbsoluteUrl },
  'http-date': {
    called: 'an HTTP-date',
    is: (value: string, now: number) => parseHttpDate(value, now) !== undefined,
  },
  instant: { called: 'a FHIR instant', is: (value: string) => parseInstant(value) !== undefined },
  'delay-or-date': {
    called: 'a number of seconds or an HTTP-date',
    is: isDelayOrDate,
  },
} as const

interface HeaderParams {
  readonly name: string
  readonly is?: keyof typeof forms
  readonly equals?: string
  readonly includes?: string | readonly string[]
  readonly matches?: string
  readonly expected?: string
  readonly 'one-of'?: readonly string[]
  readonly 'shorter-than'?: number
  readonly 'differs-from'?: string
  readonly 'absent-ok'?: true
}

const header = exchangeCheck<HeaderParams>({
  name: 'header',
  states: 'The response has this header with a value as described, or does not have the header.',
  params: {
    ...objectParams(
      {
        name: { type: 'string', description: 'Name of the header; case does not matter.' },
        is: { enum: Object.keys(forms), description: 'The form of its value; default `present`.' },
        equals: withDescription(textParam, 'The exact value.'),
        includes: {
          anyOf: [textParam, { type: 'array', minItems: 1, items: textParam }],
          description:
            'An item of its comma-separated list, or the first word of an item, or several of them; case does not matter.',
        },
        matches: {
          type: 'string',
          format: 'regex',
          description: 'A regular expression that its value matches; `expected` says it in words.',
        },
        expected: { type: 'string', description: 'What `matches` expects, in words; findings show it.' },
        'one-of': { type: 'array', minItems: 1, items: textParam, description: 'The allowed values.' },
        'shorter-than': {
          type: 'integer',
          minimum: 1,
          description: 'Its value has fewer characters than this.',
        },
        'differs-from': withDescription(textParam, 'A value that it must not have.'),
        'absent-ok': { const: true, description: 'If the header is absent, the test does not apply.' },
      },
      ['name'],
    ),
    dependentRequired: { matches: ['expected'] },
  },
  judge(exchange, wanted) {
    const { response, number } = exchange
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    const values = headerValues(response.headers, wanted.name).map((it) => it.trim())
    const where = { exchange: number, part: { header: wanted.name } }
    const value = values.find((it) => it !== '')
    if (wanted.is === 'absent') {
      if (values.length === 0) return satisfied
      return violated({
        message: `The response has a header ${wanted.name}.`,
        expected: 'no such header',
        actual: displayValue(values[0]),
        where,
      })
    }
    if (value === undefined) {
      if (wanted['absent-ok'] && values.length === 0)
        return neverArose(`no response has a header ${wanted.name}`)
      const message = `The response has ${values.length > 0 ? 'an empty' : 'no'} ${wanted.name} header.`
      return violated({
        message,
        expected: expectedOf(wanted),
        actual: values.length > 0 ? 'an empty value' : 'absent',
        where,
      })
    }
    if (accepts(values, wanted, Date.parse(exchange.startedAt))) return satisfied
    return violated({
      message: `The value of the ${wanted.name} header is not the expected one.`,
      expected: expectedOf(wanted),
      actual: wanted['shorter-than'] ? `${value.length} characters` : values.map(displayValue).join(', '),
      where,
    })
  },
})

function accepts(values: readonly string[], wanted: HeaderParams, now: number): boolean {
  const every = (test: (value: string) => boolean) => values.every(test)
  const members = values.flatMap((it) => it.split(',')).map((it) => it.trim().toLowerCase())
  const { is, equals, includes, matches } = wanted
  const tokens = [includes ?? []].flat().map((it) => it.toLowerCase())
  return (
    (is === undefined || every((it) => forms[is].is(it, now))) &&
    (equals === undefined || every((it) => it === equals)) &&
    tokens.every((token) => members.some((it) => it === token || it.split(/[\s;]/)[0] === token)) &&
    (matches === undefined || every((it) => new RegExp(matches).test(it))) &&
    (wanted['one-of'] === undefined || every((it) => wanted['one-of']?.includes(it) === true)) &&
    (wanted['shorter-than'] === undefined || every((it) => [...it].length < (wanted['shorter-than'] ?? 0))) &&
    (wanted['differs-from'] === undefined || every((it) => it !== wanted['differs-from']))
  )
}

function expectedOf(wanted: HeaderParams): string {
  const parts = [
    wanted.is ? forms[wanted.is].called : undefined,
    wanted.equals === undefined ? undefined : displayValue(wanted.equals),
    wanted.includes === undefined
      ? undefined
      : `a list that contains ${[wanted.includes].flat().join(' and ')}`,
    wanted.matches === undefined ? undefined : wanted.expected,
    wanted['one-of']?.map(displayValue).join(' or '),
    wanted['shorter-than'] === undefined ? undefined : `fewer than ${wanted['shorter-than']} characters`,
    wanted['differs-from'] === undefined
      ? undefined
      : 'another value than in the response that it is compared with',
  ]
  return parts.filter((it) => it !== undefined).join(', ') || forms.present.called
}

const mediaTypeCheck = exchangeCheck<string | readonly string[]>({
  name: 'media-type',
  states: 'Content-Type names this media type, or one of these; parameters such as charset do not matter.',
  params: {
    anyOf: [textParam, { type: 'array', minItems: 1, items: textParam }],
    description: 'A media type such as `application/fhir+ndjson`, or a list of them.',
  },
  judge(exchange, params) {
    return judgeMediaType(exchange, [params].flat() as readonly string[])
  },
})

/** Whether Content-Type names one of these media types. */
export function judgeMediaType({ response, number }: Exchange, wanted: readonly string[]): Judgement {
  if (!response) return undecided({ kind: 'no-response', exchange: number })
  const sent = first(response.headers, 'Content-Type')
  const type = mediaType(sent)
  if (type && wanted.some((it) => it.toLowerCase() === type)) return satisfied
  return violated({
    message: type ? `The response has media type ${type}.` : 'The response has no Content-Type header.',
    expected: wanted.join(' or '),
    actual: sent === undefined ? 'absent' : displayValue(sent),
    where: { exchange: number, part: { header: 'Content-Type' } },
  })
}

/** Checks on response headers. */
export const headerChecks: readonly Check[] = [header, mediaTypeCheck]
