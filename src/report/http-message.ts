import type { Exchange, HeaderList } from '../model/http/exchange.ts'
import type { Handshake } from '../model/http/handshake.ts'
import { truncate, visible } from './visible-text.ts'
import { formatNumber } from './standings.ts'

const longestBody = 8000
const longestHeader = 600

/** A request as text: request line, header fields, body. */
export function requestText({ request }: Exchange): string {
  return message(`${request.method} ${visible(request.url)}`, request.headers, request.body)
}

/** The client assertion of a request as text: its header, then its claims. Absent if there is none. */
export function assertionText({ request: { assertion } }: Exchange): string | undefined {
  return assertion && [assertion.header, assertion.claims].map((it) => JSON.stringify(it, null, 2)).join('\n')
}

/** A response as text; of an output file only its length, of a handshake what the server chose. Absent if there was neither. */
export function responseText({ response, handshake }: Exchange): string | undefined {
  if (handshake?.accepted) return handshakeText(handshake.accepted)
  if (!response) return undefined
  const { status, headers, body, bodyEnd, bytes, framing } = response
  const unknown = framing === 'none' ? '; its length is known only from the end of the connection' : ''
  const whole = bodyEnd === undefined ? body : `${body}\n… (${formatNumber(bytes)} bytes) …\n${bodyEnd}`
  const rest = whole ?? (bytes > 0 ? `(${formatNumber(bytes)} bytes, not shown${unknown})` : undefined)
  return message(String(status), headers, rest)
}

/** The outcome of an exchange in a word: its status, the version of TLS, or why there is neither. */
export function outcomeText({ response, handshake, networkError }: Exchange): string | number {
  return response?.status ?? handshake?.accepted?.version ?? networkError ?? 'no response'
}

function handshakeText({ version, cipher, certificate }: NonNullable<Handshake['accepted']>): string {
  const { names, validUntil, trust } = certificate
  return [
    version,
    `cipher: ${visible(cipher)}`,
    `certificate for: ${names.map((it) => visible(truncate(it, longestHeader))).join(', ') || 'no host name'}`,
    `valid until: ${validUntil}`,
    `trust: ${trust.replaceAll('-', ' ')}`,
  ].join('\n')
}

function message(start: string, headers: HeaderList, body: string | undefined): string {
  const fields = headers.map(
    ([name, value]) => `${visible(name)}: ${visible(truncate(value, longestHeader))}`,
  )
  return [start, ...fields, ...(body ? ['', truncatedBody(indentJson(body))] : [])].join('\n')
}

function truncatedBody(body: string): string {
  return body.length <= longestBody ? body : `${truncate(body, longestBody)}\nresults.json contains more`
}

const deepest = 40
const longestLaidOut = 100_000

/** JSON laid out over lines with every character of its values and names as it was; any other text unchanged, and any that is huge or deep. */
export function indentJson(text: string): string {
  if (text.length > longestLaidOut || !/^\s*[{[]/.test(text) || !isJson(text)) return text
  const pieces: string[] = []
  let depth = 0
  let last = ''
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    const closes = token === '}' || token === ']'
    if (closes) depth -= 1
    const opened = last === '{' || last === '['
    if (closes ? !opened : opened || last === ',') pieces.push(`\n${'  '.repeat(depth)}`)
    pieces.push(token === ':' ? ': ' : token)
    if (token === '{' || token === '[') depth += 1
    if (depth > deepest) return text
    last = token
  }
  return pieces.join('')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // A body that is not JSON is shown as it is.
    return false
  }
}
