import type { PolicyStop } from '../model/http/policy-stop.ts'
import { originOf } from '../model/http/url.ts'
import type { Target } from '../model/target.ts'
import { type ClientRequest, decideUrl, type UrlContext } from './url-policy.ts'

/** What the decision about a request depends on. */
export interface DecidableRequest {
  readonly method: string
  readonly url: string
  /** Value of Authorization, sent only where the policy allows it. */
  readonly authorization?: string
  /** How much the token matters. */
  readonly token: UrlContext['token']
  /** Why it is not sent after all. */
  readonly withheld?: string
  /** It goes to the token endpoint. */
  readonly client?: ClientRequest
  /** The URL of the response that named this one. */
  readonly from?: string
  /** A manifest is believed only from where the polling location may be; that holds for redirects, too. */
  readonly isBelieved?: true
}

/** Whether the value of Authorization is sent, and why the request is not sent at all. */
export interface RequestDecision {
  readonly sendToken: boolean
  readonly stop?: PolicyStop
}

/** Origins that only the server names and that a run sends requests to. */
const mostForeignOrigins = 5
const longestUrl = 8 << 10

/** Decides about a request; an origin that only the server names is added to `foreignOrigins`. */
export function decideRequest(
  { target, foreignOrigins }: { readonly target: Target; readonly foreignOrigins: Set<string> },
  request: DecidableRequest,
): RequestDecision {
  const { url, method, authorization, from, client, withheld, isBelieved } = request
  const { fhirUrl, tokenOrigins, allowedOrigins } = target
  const decision = decideUrl(url, {
    ...{ fhirUrl, tokenOrigins, allowedOrigins, method, from, client },
    token: authorization === undefined ? 'never' : request.token,
    // Without authorization the polling location may be anywhere.
    isBelieved: isBelieved === true && target.authorization.kind !== 'none',
  })
  const sendToken = decision.fetch && decision.sendToken && authorization !== undefined
  if (withheld !== undefined) return { sendToken, stop: { kind: 'withheld', problem: withheld } }
  if (url.length > longestUrl)
    return { sendToken, stop: { kind: 'too-long', characters: url.length, most: longestUrl } }
  if (!decision.fetch) return { sendToken, stop: decision.stop }
  if (!decision.isForeign) return { sendToken }
  const origin = originOf(url)
  if (!foreignOrigins.has(origin) && foreignOrigins.size >= mostForeignOrigins)
    return { sendToken, stop: { kind: 'too-many-origins', origin, most: mostForeignOrigins } }
  foreignOrigins.add(origin)
  return { sendToken }
}
