import { type Exchange, header, mediaType } from '../../model/http/exchange.ts'
import type { Reason } from '../../model/reason.ts'
import { displayValue } from '../../model/judgement.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** What the body of a response is, as far as it was recorded; of a long manifest each list has one item of each kind. */
export type ResponseBody =
  | { readonly is: 'empty' }
  | { readonly is: 'json'; readonly value: unknown }
  /** Neither empty nor JSON, or JSON that is not recorded: only its length is known. */
  | { readonly is: 'other' }
  | { readonly is: 'unknown'; readonly reason: Reason }

const recordedBytes = 1 << 20

/** Bodies that were read: hundreds of tests ask for that of one manifest. */
const bodies = new WeakMap<Exchange, ResponseBody>()
const longestShort = 1 << 15
/** The long ones that were read last: all of them together would take too much memory. */
const longBodies = new Map<Exchange, ResponseBody>()
const mostLong = 2

/** The body of a response. */
export function responseBody(exchange: Exchange): ResponseBody {
  const known = bodies.get(exchange) ?? longBodies.get(exchange)
  if (known) return known
  const body = readBody(exchange)
  const { response } = exchange
  if ((response?.body?.length ?? 0) <= longestShort) bodies.set(exchange, body)
  else {
    longBodies.set(exchange, body)
    const [oldest] = longBodies.keys()
    if (longBodies.size > mostLong && oldest) longBodies.delete(oldest)
  }
  return body
}

function readBody(exchange: Exchange): ResponseBody {
  const { response, number } = exchange
  if (!response) return { is: 'unknown', reason: { kind: 'no-response', exchange: number } }
  const tooLong = { kind: 'unusable-body', exchange: number, flaw: 'too-long' } as const
  if (response.bodyEnd !== undefined) return { is: 'unknown', reason: tooLong }
  if (response.body === undefined) {
    if (response.bytes === 0) return { is: 'empty' }
    if (response.bytes > recordedBytes) return { is: 'unknown', reason: tooLong }
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

/** Consecutive items of a list, each the same as far as checks can see. */
export interface ItemRun {
  readonly item: unknown
  /** Position of the first. */
  readonly at: number
  readonly times: number
}

/** The items of a list in a manifest, in their order; `undefined` if there is no such list. */
export function itemRuns(exchange: Exchange, list: string): readonly ItemRun[] | undefined {
  const items = bodyMember(exchange, list)
  if (!Array.isArray(items)) return undefined
  const runs = exchange.response?.rows?.runs[list]
  if (!runs) return items.map((item: unknown, at) => ({ item, at, times: 1 }))
  const found: ItemRun[] = []
  let position = 0
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const times = runs[at + 1] ?? 0
    found.push({ item: items[runs[at] ?? 0], at: position, times })
    position += times
  }
  return found
}

/** Those of them that are JSON objects. */
export function objectRuns(
  exchange: Exchange,
  list: string,
): readonly (ItemRun & { readonly item: JsonObject })[] {
  return (itemRuns(exchange, list) ?? []).filter((it): it is ItemRun & { item: JsonObject } =>
    isJsonObject(it.item),
  )
}

/** How many items these are. */
export function numberOfItems(runs: readonly ItemRun[]): number {
  return runs.reduce((sum, { times }) => sum + times, 0)
}
