import type { Exchange } from '../model/http/exchange.ts'
import type { TlsOffer } from '../model/http/handshake.ts'
import { hasHttpScheme } from '../model/http/url.ts'
import { visible } from './visible-text.ts'

/** Headers that curl sends by itself or that are about one connection. */
const headersOfCurl = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'accept-encoding',
  'user-agent',
])

const longest = 4000

const versionOptions: Readonly<Record<TlsOffer, string>> = {
  'TLS 1.0 and 1.1': "--tlsv1.0 --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0'",
  'TLS 1.2': '--tlsv1.2 --tls-max 1.2',
  'TLS 1.3': '--tlsv1.3',
}

/**
 * A POSIX shell command that sends the request of an exchange again, on one line; what was masked is taken from `$TOKEN`,
 * `$COOKIE` or `$CLIENT_ASSERTION`. For a handshake, one that offers the same versions. Absent if the URL is not http(s), the server made the request, or the command would be too long to copy.
 */
export function curlCommand(exchange: Exchange): string | undefined {
  const { method, url, headers, body } = exchange.request
  if (!hasHttpScheme(url) || exchange.received) return undefined
  if (exchange.handshake)
    return `curl -sS -v -o /dev/null ${versionOptions[exchange.handshake.offers]} --url ${shellQuoted(url)}`
  const parts = ['curl -sS -i -g']
  if (method !== 'GET' && !(method === 'POST' && body !== undefined)) parts.push(`-X ${shellQuoted(method)}`)
  for (const [name, value] of headers)
    if (!headersOfCurl.has(name.toLowerCase())) parts.push(`-H ${header(name, value)}`)
  if (body !== undefined) parts.push(`--data-raw ${form(body)}`)
  parts.push(`--url ${shellQuoted(url)}`)
  const command = parts.join(' ')
  return command.length <= longest ? command : undefined
}

/** The text as one word of a POSIX shell. Control characters are encoded visibly, so that pasting it cannot run anything. */
export function shellQuoted(text: string): string {
  return `'${visible(text).replaceAll("'", `'\\''`)}'`
}

function header(name: string, value: string): string {
  const lower = name.toLowerCase()
  if (lower === 'authorization' || lower === 'proxy-authorization') {
    const scheme = /^\S+(?= )/.exec(value)?.[0]
    return `${shellQuoted(`${name}: ${scheme ? `${scheme} ` : ''}`)}"$TOKEN"`
  }
  if (lower === 'cookie') return `${shellQuoted(`${name}: `)}"$COOKIE"`
  // curl drops a header that ends with its colon and sends it empty if a semicolon ends it.
  return value === '' ? shellQuoted(`${name};`) : shellQuoted(`${name}: ${value}`)
}

const secretFields = /(^|&)(client_assertion|client_secret)=([^&]*)/g

function form(body: string): string {
  const pieces: string[] = []
  let from = 0
  for (const match of body.matchAll(secretFields)) {
    const start = match.index + (match[1] ?? '').length + (match[2] ?? '').length + 1
    pieces.push(
      shellQuoted(body.slice(from, start)),
      match[2] === 'client_secret' ? '"$CLIENT_SECRET"' : '"$CLIENT_ASSERTION"',
    )
    from = match.index + match[0].length
  }
  if (from < body.length || pieces.length === 0) pieces.push(shellQuoted(body.slice(from)))
  return pieces.join('')
}
