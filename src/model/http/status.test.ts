import { expect, test } from 'vitest'
import {
  asksToRetry,
  isClientError,
  isFhirBody,
  isGatewayError,
  isGone,
  isRedirect,
  isRefusal,
  isRetryable,
  isSuccess,
  isThrottled,
} from './status.ts'

test.each<[string, (status: number) => boolean, readonly number[]]>([
  ['a success', isSuccess, [200, 202, 299]],
  ['a redirect', isRedirect, [300, 399]],
  ['an error of the client', isClientError, [400, 404, 410, 429, 499]],
  ['a refusal', isRefusal, [400, 404, 410, 429, 499, 500, 502, 503, 504, 599]],
  ['throttled', isThrottled, [429, 503]],
  ['gone', isGone, [404, 410]],
  ['of a gateway', isGatewayError, [502, 503, 504]],
  ['retryable', isRetryable, [429, 500, 502, 503, 504, 599]],
])('%s', (_, is, expected) => {
  const all = [199, 200, 202, 299, 300, 399, 400, 404, 410, 429, 499, 500, 502, 503, 504, 599]
  expect(all.filter(is)).toEqual(expected)
})

test('without a status nothing succeeded, and nothing is gone', () => {
  expect([isSuccess, isThrottled, isGone, isGatewayError, isRetryable].map((it) => it(undefined))).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})

const transient = { resourceType: 'OperationOutcome', issue: [null, { code: 'transient' }] }

test.each<[number, string | undefined, unknown, boolean]>([
  [429, undefined, undefined, true],
  [503, undefined, undefined, false],
  [503, '1', undefined, true],
  [500, '1', undefined, false],
  [500, undefined, transient, true],
  [500, undefined, { issue: [{ code: 'exception' }] }, false],
  [500, undefined, { issue: 'transient' }, false],
  [400, '1', transient, false],
])('%i with Retry-After %s and %j asks to come again: %s', (status, seconds, body, asks) => {
  expect(asksToRetry(status, seconds === undefined ? [] : [['Retry-After', seconds]], body)).toBe(asks)
})

test.each<[string | undefined, boolean]>([
  ['{"resourceType":"OperationOutcome"}', true],
  ['{"error":"temporarily_unavailable"}', false],
  ['null', false],
  ['<html>', false],
  [undefined, false],
])('%s is a FHIR resource: %s', (body, is) => {
  expect(isFhirBody(body)).toBe(is)
})
