import { BlockList, isIP } from 'node:net'
import { parseUrl } from '../model/http/url.ts'
import { authorizesItself } from './url-credentials.ts'

/** Where a URL comes from. */
export interface UrlContext {
  readonly fhirUrl: string
  /** Origins, besides that of `fhirUrl`, to which the access token may be sent. */
  readonly tokenOrigins: readonly string[]
  /** `required`: useless without the token; `allowed`: with the token if the URL may receive it; `never`: without. */
  readonly token: 'required' | 'allowed' | 'never'
  /** The URL that led here, if it is not the FHIR base itself. */
  readonly from?: string
}

/** Whether a URL is fetched and whether it receives the token; the reason names the setting that would allow more. */
export interface UrlDecision {
  readonly fetch: boolean
  readonly sendToken: boolean
  readonly reason: string
}

/** Decides about a URL. Pure: names are not resolved, so a name that leads to a private address is not noticed. */
export function decideUrl(url: string, context: UrlContext): UrlDecision {
  const to = parseUrl(url)
  const base = parseUrl(context.fhirUrl)
  if (!to || !base) return forbidden('it is not an absolute URL')
  if (to.protocol !== 'http:' && to.protocol !== 'https:')
    return forbidden(`only http and https URLs are fetched, not ${to.protocol.slice(0, 20)}`)
  const from = context.from === undefined ? undefined : parseUrl(context.from)
  const secure = base.protocol === 'https:' || from?.protocol === 'https:'
  if (secure && to.protocol === 'http:') return forbidden('it leads from https to http')
  if (to.hostname !== base.hostname && isPrivateHost(to.hostname) && !isPrivateHost(base.hostname))
    return forbidden('it leads from a public server to a private address')
  const own = authorizesItself(to)
  const mayCarryToken =
    to.origin === base.origin || context.tokenOrigins.some((it) => parseUrl(it)?.origin === to.origin)
  if (own === 'certain') return { fetch: true, sendToken: false, reason: 'it carries its own authorization' }
  if (context.token === 'never') return { fetch: true, sendToken: false, reason: 'it needs no token' }
  // Where the server says that the token is required, the query may mean something else.
  if (own === 'likely' && !(context.token === 'required' && mayCarryToken))
    return { fetch: true, sendToken: false, reason: 'it seems to carry its own authorization' }
  if (to.origin === base.origin)
    return { fetch: true, sendToken: true, reason: 'it is at the origin of the FHIR base' }
  if (mayCarryToken) return { fetch: true, sendToken: true, reason: 'its origin is one of tokenOrigins' }
  const reason = `the access token is not sent to ${to.origin}; --token-origin ${to.origin} allows it`
  return { fetch: context.token !== 'required', sendToken: false, reason }
}

/** Whether a URL is at the origin of the FHIR base or at one of `tokenOrigins`. */
export function isTrustedOrigin(
  url: string,
  { fhirUrl, tokenOrigins }: Pick<UrlContext, 'fhirUrl' | 'tokenOrigins'>,
): boolean {
  const origin = parseUrl(url)?.origin
  return origin !== undefined && [fhirUrl, ...tokenOrigins].some((it) => parseUrl(it)?.origin === origin)
}

function forbidden(reason: string): UrlDecision {
  return { fetch: false, sendToken: false, reason }
}

const privateAddresses = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateAddresses.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 128],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  // Teredo contains an obfuscated IPv4 address; no FHIR server uses it.
  ['2001::', 32],
] as const)
  privateAddresses.addSubnet(net, bits, 'ipv6')

/** Whether the host of a URL, as `new URL` normalizes it, is this machine or an address of a private network. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  const family = isIP(host)
  if (family === 4) return privateAddresses.check(host, 'ipv4')
  if (family === 0) return false
  const embedded = embeddedIPv4(host)
  return (
    privateAddresses.check(host, 'ipv6') ||
    (embedded !== undefined && privateAddresses.check(embedded, 'ipv4'))
  )
}

/** The IPv4 address inside an IPv4-mapped or -compatible, NAT64 or 6to4 address. */
function embeddedIPv4(host: string): string | undefined {
  const [left = '', right] = host.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right ? right.split(':') : []
  const gap = right === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0')
  const words = [...head, ...gap, ...tail].map((it) => Number.parseInt(it, 16))
  const at = words[0] === 0x2002 ? 1 : isPrefixed(words) ? 6 : -1
  const [high, low] = [words[at], words[at + 1]]
  if (high === undefined || low === undefined) return undefined
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function isPrefixed(words: readonly number[]): boolean {
  if (words[0] === 0x64 && words[1] === 0xff9b) return true
  return words.slice(0, 5).every((it) => it === 0) && (words[5] === 0xffff || words[5] === 0)
}
