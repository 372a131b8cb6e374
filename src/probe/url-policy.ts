import type { ClientCredential, PolicyStop } from '../model/http/policy-stop.ts'
import { parseUrl } from '../model/http/url.ts'
import { authorizesItself } from './url-credentials.ts'

/** Origins that the configuration names. */
export interface NamedOrigins {
  readonly fhirUrl: string
  /** Origins, besides that of `fhirUrl`, to which the access token may be sent. */
  readonly tokenOrigins: readonly string[]
  /** Origins to which the server may lead without the access token. */
  readonly allowedOrigins?: readonly string[] | undefined
}

/** What a request is for, and where its URL comes from. */
export interface UrlContext extends NamedOrigins {
  readonly method: string
  /** `required`: useless without the token; `allowed`: with the token if the URL may receive it; `never`: without. */
  readonly token: 'required' | 'allowed' | 'never'
  /** The URL that led here, if it is not the FHIR base itself. */
  readonly from?: string | undefined
  /** The response would be believed as that of the polling location. */
  readonly isBelieved?: boolean
  /** It goes to the token endpoint. */
  readonly client?: ClientRequest | undefined
}

/** How a token request authorizes its client, at which endpoint. */
export interface ClientRequest {
  /** The configuration names the endpoint, not the server. */
  readonly isConfigured: boolean
  /** Absent: an assertion that is worth nothing elsewhere. */
  readonly credential?: ClientCredential
}

/** Whether a URL is fetched and whether it receives the token; if not, the data of the reason names what would allow it. */
export type UrlDecision =
  | {
      readonly fetch: true
      readonly sendToken: boolean
      /** Only the server names its origin. */
      readonly isForeign: boolean
    }
  | { readonly fetch: false; readonly stop: PolicyStop }

/** Decides about a URL. Pure: names are not resolved; the connection itself sees whether its address is private. */
export function decideUrl(url: string, context: UrlContext): UrlDecision {
  const to = parseUrl(url)
  const base = parseUrl(context.fhirUrl)
  if (!to || !base) return forbidden({ kind: 'no-url' })
  if (to.protocol !== 'http:' && to.protocol !== 'https:')
    return forbidden({ kind: 'scheme', scheme: to.protocol.slice(0, 20) })
  if (to.protocol === 'http:' && (isSecure(base) || isSecure(parseUrl(context.from ?? ''))))
    return forbidden({ kind: 'downgrade' })
  if (context.client) return decideTokenRequest(to, context, context.client)
  const isNamed = isNamedOrigin(url, context)
  const { origin } = to
  if (!isNamed && context.isBelieved)
    return forbidden({ kind: 'token-origin', origin, why: context.from === undefined ? 'token' : 'manifest' })
  if (!isNamed && context.method !== 'GET')
    return forbidden({ kind: 'changes', origin, method: context.method })
  const fetched = (sendToken: boolean) => ({ fetch: true, sendToken, isForeign: !isNamed }) as const
  const own = authorizesItself(to)
  const mayCarryToken = isTrustedOrigin(url, context)
  if (own === 'certain' || context.token === 'never') return fetched(false)
  // Where the server says that the token is required, the query may mean something else.
  if (own === 'likely' && !(context.token === 'required' && mayCarryToken)) return fetched(false)
  if (mayCarryToken) return fetched(true)
  return context.token === 'required'
    ? forbidden({ kind: 'token-origin', origin: to.origin, why: 'token' })
    : fetched(false)
}

function decideTokenRequest(to: URL, context: UrlContext, client: ClientRequest): UrlDecision {
  const { isConfigured, credential = 'assertion' } = client
  const isSafe = client.credential === undefined && isSecure(to)
  return isConfigured || isSafe || isNamedOrigin(to.href, context)
    ? { fetch: true, sendToken: false, isForeign: false }
    : forbidden({ kind: 'token-endpoint', origin: to.origin, credential })
}

function isSecure(url: URL | undefined): boolean {
  return url?.protocol === 'https:'
}

/** Whether the access token may be sent to the origin of a URL: that of the FHIR base, or one of `tokenOrigins`. */
export function isTrustedOrigin(url: string, { fhirUrl, tokenOrigins }: NamedOrigins): boolean {
  const origin = parseUrl(url)?.origin
  return origin !== undefined && [fhirUrl, ...tokenOrigins].some((it) => parseUrl(it)?.origin === origin)
}

/** Whether the configuration names the origin of a URL, for whatever purpose. */
export function isNamedOrigin(url: string, named: NamedOrigins): boolean {
  return isTrustedOrigin(url, {
    ...named,
    tokenOrigins: [...named.tokenOrigins, ...(named.allowedOrigins ?? [])],
  })
}

function forbidden(stop: PolicyStop): UrlDecision {
  return { fetch: false, stop }
}
