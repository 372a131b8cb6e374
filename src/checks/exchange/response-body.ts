import { type Exchange, header, mediaType } from '../../model/http/exchange.ts'
import type { Reason } from '../../model/reason.ts'
import { displayValue } from '../../model/judgement.ts'

/** What the body of a response is, as far as it was recorded. */
export type ResponseBody =
  | { readonly is: 'empty' }
  | { readonly is: 'json'; readonly value: unknown }
  /** Neither empty nor JSON, or JSON that is not recorded: only its length is known. */
  | { readonly is: 'other' }
  | { readonly is: 'unknown'; readonly reason: Reason }

const recordedBytes = 1 << 20

/** Bodies that were read: hundreds of tests ask for that of one manifest. */
const bodies = new WeakMap<Exchange, ResponseBody>()

/** The body of a response. */
export function responseBody(exchange: Exchange): ResponseBody {
  const known = bodies.get(exchange)
  if (known) return known
  const body = readBody(exchange)
  bodies.set(exchange, body)
  return body
}

function readBody(exchange: Exchange): ResponseBody {
  const { response, number } = exchange
  if (!response) return { is: 'unknown', reason: { kind: 'no-response', exchange: number } }
  if (response.body === undefined) {
    if (response.bytes === 0) return { is: 'empty' }
    if (response.bytes > recordedBytes)
      return { is: 'unknown', reason: { kind: 'unusable-body', exchange: number, flaw: 'too-long' } }
    return { is: 'other' }
  }
  try {
    return { is: 'json', value: JSON.parse(response.body) }
  } catch {
    // The check that expects JSON reports it.
    return response.body.trim() === '' ? { is: 'empty' } : { is: 'other' }
  }
}

/** The body for the `actual` of a finding, by kind and length: "512 bytes of text/html". */
export function describeBody(exchange: Exchange): string {
  const { response } = exchange
  const body = responseBody(exchange)
  if (!response || body.is === 'empty') return 'an empty body'
  if (body.is === 'json') return Array.isArray(body.value) ? 'a JSON array' : describeJson(body.value)
  const type = mediaType(header(response.headers, 'Content-Type'))
  if (!type) return `${response.bytes} bytes without a media type`
  const flaw = /\bjson$/.test(type) && response.body !== undefined ? ' that are not JSON' : ''
  return `${response.bytes} bytes of ${type}${flaw}`
}

function describeJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `JSON: ${displayValue(value)}`
  const { resourceType } = value as { resourceType?: unknown }
  return resourceType === undefined
    ? 'a JSON object without resourceType'
    : `a JSON object of resourceType ${displayValue(resourceType)}`
}

/** The value of a member of a JSON object body; `undefined` if there is no such body or member. */
export function bodyMember(exchange: Exchange, name: string): unknown {
  const body = responseBody(exchange)
  if (body.is !== 'json' || typeof body.value !== 'object' || body.value === null) return undefined
  return (body.value as Record<string, unknown>)[name]
}
