import type { Exchange } from '../../model/http/exchange.ts'
import { isGatewayStatus, isRefusal, isSuccess, isThrottled } from '../../model/http/status.ts'
import {
  type Judgement,
  neverArose,
  satisfied,
  displayValue,
  undecided,
  violated,
} from '../../model/judgement.ts'
import { indecisiveStatus } from '../../model/reason.ts'
import { judgeMediaType } from './header.ts'
import { describeBody, responseBody, bodyMember } from './response-body.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { isJsonObject } from '../../model/json.ts'
import { isIssueCode, issueSeverities } from '../../r4/facts.ts'
import { noParams } from '../params.ts'

const modes = {
  required: 'the body is an OperationOutcome',
  'if-present': 'the body is empty or an OperationOutcome',
  valid:
    'an OperationOutcome in the body has at least one issue, each with a severity and a code from the FHIR value sets',
  typed: 'an OperationOutcome in the body has the media type application/fhir+json or application/json',
  transient: 'the body is an OperationOutcome that has an issue with a code from the transient group of FHIR',
  explained: 'an OperationOutcome in the body says what was wrong, as text or by naming the element',
} as const

const acceptedOrExplained = exchangeCheck<true>({
  name: 'accepted-or-explained',
  states: 'The request is accepted with 2XX, or refused with 4XX or 5XX and an OperationOutcome.',
  params: noParams,
  judge(exchange) {
    const status = exchange.response?.status ?? 0
    if (isSuccess(status)) return satisfied
    if (!isRefusal(status)) return undecided(indecisiveStatus(exchange.number, status, 'other'))
    return operationOutcome.judge(exchange, 'required' as never, undefined as never)
  },
})

const operationOutcome = exchangeCheck<keyof typeof modes>({
  name: 'operation-outcome',
  states: `The body is as the value says: ${Object.entries(modes)
    .map(([name, means]) => `\`${name}\`: ${means}`)
    .join('; ')}.`,
  params: { enum: Object.keys(modes), description: 'The demand on the body.' },
  judge(exchange, mode) {
    const body = responseBody(exchange)
    if (body.is === 'unknown') return undecided(body.reason)
    const outcome =
      body.is === 'json' && isJsonObject(body.value) && body.value.resourceType === 'OperationOutcome'
        ? body.value
        : undefined
    if (mode === 'valid' || mode === 'typed' || mode === 'explained') {
      if (!outcome) return neverArose('the response has no OperationOutcome')
      if (mode === 'typed') return judgeMediaType(exchange, ['application/fhir+json', 'application/json'])
      return mode === 'valid'
        ? judgeIssues(outcome.issue, exchange)
        : judgeExplanation(outcome.issue, exchange)
    }
    if (outcome) return mode === 'transient' ? judgeTransience(outcome.issue, exchange) : satisfied
    if (mode === 'if-present' && body.is === 'empty') return neverArose('the response has no body')
    const status = exchange.response?.status ?? 0
    if (isGatewayStatus(status)) return undecided(indecisiveStatus(exchange.number, status, 'gateway'))
    return violated({
      message: 'The body of the response is not an OperationOutcome.',
      expected: 'an OperationOutcome in JSON',
      actual: describeBody(exchange),
      where: { exchange: exchange.number },
    })
  },
})

function judgeIssues(issues: unknown, { number }: Exchange): Judgement {
  const where = (pointer: string) => ({ exchange: number, part: { pointer } })
  if (!Array.isArray(issues) || issues.length === 0)
    return violated({
      message: 'The OperationOutcome has no issue.',
      expected: 'at least one issue',
      actual: displayValue(issues),
      where: where('/issue'),
    })
  for (const [at, issue] of issues.entries()) {
    const { severity, code } = isJsonObject(issue) ? issue : { severity: undefined, code: undefined }
    if (!issueSeverities().includes(severity as string))
      return violated({
        message: 'An issue of the OperationOutcome has no severity that FHIR defines.',
        expected: issueSeverities().join(', '),
        actual: displayValue(severity),
        where: where(`/issue/${at}/severity`),
      })
    if (!isIssueCode(code))
      return violated({
        message: 'An issue of the OperationOutcome has no code that FHIR defines.',
        expected: 'a code of the value set issue-type',
        actual: displayValue(code),
        where: where(`/issue/${at}/code`),
      })
  }
  return satisfied
}

// http://hl7.org/fhir/R4/valueset-issue-type.html
const transientCodes = [
  'transient',
  'lock-error',
  'no-store',
  'exception',
  'timeout',
  'incomplete',
  'throttled',
]

function judgeTransience(issues: unknown, { number }: Exchange): Judgement {
  const list = Array.isArray(issues) ? issues.filter(isJsonObject) : []
  if (list.some(({ code }) => transientCodes.includes(code as string))) return satisfied
  return violated({
    message: 'The OperationOutcome does not say that the error is transient.',
    expected: 'an issue with the code transient, or a code below it',
    actual: 'no such code',
    where: { exchange: number, part: { pointer: '/issue' } },
  })
}

function judgeExplanation(issues: unknown, { number }: Exchange): Judgement {
  const list = Array.isArray(issues) ? issues.filter(isJsonObject) : []
  const says = (value: unknown) => typeof value === 'string' && value.trim() !== ''
  const explained = list.some(({ diagnostics, details, expression, location }) => {
    const { text, coding } = isJsonObject(details) ? details : { text: undefined, coding: undefined }
    return (
      says(diagnostics) ||
      says(text) ||
      [expression, location, coding].some((it) => Array.isArray(it) && it.length > 0)
    )
  })
  if (explained) return satisfied
  return violated({
    message: 'The OperationOutcome does not say what was wrong.',
    expected: 'diagnostics, details, expression or location in an issue',
    actual: 'none of them',
    where: { exchange: number, part: { pointer: '/issue' } },
  })
}

const noErrorInSuccess = exchangeCheck<true>({
  name: 'no-error-in-success',
  states: 'A 2XX response has no OperationOutcome in which every issue is an error.',
  params: noParams,
  judge(exchange) {
    const status = exchange.response?.status
    if (status === undefined) return undecided({ kind: 'no-response', exchange: exchange.number })
    if (!isSuccess(status)) return neverArose(`the response has status ${status}`)
    const body = responseBody(exchange)
    if (body.is === 'unknown') return undecided(body.reason)
    const issues = bodyMember(exchange, 'issue')
    if (
      bodyMember(exchange, 'resourceType') !== 'OperationOutcome' ||
      !Array.isArray(issues) ||
      issues.length === 0
    )
      return satisfied
    const grave = issues.filter(
      (it) => isJsonObject(it) && (it.severity === 'error' || it.severity === 'fatal'),
    )
    if (grave.length < issues.length) return satisfied
    return violated({
      message: 'A 2XX response has an OperationOutcome in which every issue is an error.',
      expected: 'a status of 4XX or 5XX',
      actual: String(status),
      where: { exchange: exchange.number, part: { pointer: '/issue' } },
    })
  },
})

// Recorded bodies have x in place of letters and digits, so these match forms, not words.
const traces = [
  /\b\w{2} [\w$.<>]+\([\w$]+\.\w+:\w+\)/,
  /\b\w{2} [\w$.<>]+ \([^\s()]*\/[^\s()]+:\w+:\w+\)/,
  /\w{4} "[^"]*\/[^"]+", \w{4} \w+/,
]

const noStackTrace = exchangeCheck<true>({
  name: 'no-stack-trace',
  states: 'The body contains no stack trace.',
  params: noParams,
  judge(exchange) {
    const { response, number } = exchange
    const body = responseBody(exchange)
    if (body.is === 'empty') return neverArose('the response has no body')
    if (response?.body === undefined)
      return undecided({ kind: 'unusable-body', exchange: number, flaw: 'not-recorded' })
    const text = response.body.replace(/\\[nrt]/g, ' ').replaceAll('\\"', '"')
    if (!traces.some((it) => it.test(text))) return satisfied
    return violated({
      message: 'The body of the response contains a stack trace.',
      expected: 'an explanation without internals of the server',
      actual: 'text in the form of stack frames',
      where: { exchange: number },
    })
  },
})

const tokenErrors = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]

const oauthError = exchangeCheck<true | readonly string[]>({
  name: 'oauth-error',
  states: 'The response is an error response as in RFC 6749 section 5.2, with one of these codes.',
  params: {
    anyOf: [{ const: true }, { type: 'array', minItems: 1, items: { enum: tokenErrors } }],
    description: 'The allowed values of `error`, or `true` for all that RFC 6749 section 5.2 defines.',
  },
  judge(exchange, wanted) {
    const { response, number } = exchange
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    if (isThrottled(response.status)) return undecided(indecisiveStatus(number, response.status, 'throttled'))
    if (response.status !== 400 && response.status !== 401)
      return violated({
        message: `The token request is answered with status ${response.status}.`,
        expected: '400, or 401 for invalid_client',
        actual: String(response.status),
        where: { exchange: number },
      })
    const error = bodyMember(exchange, 'error')
    const codes = wanted === true ? tokenErrors : wanted
    if (codes.includes(error as string)) return satisfied
    if (typeof error !== 'string')
      return violated({
        message: 'The body of the token error has no string `error`.',
        expected: 'a JSON object with a string `error`',
        actual: describeBody(exchange),
        where: { exchange: number, part: { pointer: '/error' } },
      })
    return violated({
      message: `The token error is ${displayValue(error)}.`,
      expected: codes.join(' or '),
      actual: displayValue(error),
      where: { exchange: number, part: { pointer: '/error' } },
    })
  },
})

/** Checks on error responses. */
export const errorResponseChecks: readonly Check[] = [
  operationOutcome,
  acceptedOrExplained,
  noErrorInSuccess,
  noStackTrace,
  oauthError,
]
