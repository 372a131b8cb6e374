import type { RequestPurpose } from '../../model/http/flaky.ts'
import type { RequestCredentials } from '../../model/suite.ts'
import type { ProbeContext } from '../context.ts'
import type { HttpRequest, HttpResponse } from '../http-client.ts'
import type { RepeatableRequest } from '../resending.ts'
import type { AccessToken } from './access-token.ts'

/** A request to be sent with a token. */
export interface AuthorizedRequest {
  readonly purpose: RequestPurpose
  /** Whose token it carries; `undefined`: none. */
  readonly as: RequestCredentials | undefined
  /** Everything but Authorization. */
  readonly request: Omit<HttpRequest, 'authorization'>
  readonly followsRedirects: boolean
  readonly repeating?: Pick<
    RepeatableRequest,
    'isUnsafe' | 'reportsThrottling' | 'mustSucceed' | 'ignoresRetryAfter' | 'whenPutOff'
  >
  /** Called before each attempt. */
  readonly onAttempt?: () => void
  /** Called with the response to each attempt. */
  readonly onAnswer?: (response: HttpResponse) => void
}

/**
 * Sends a request, again where the server puts it off or it did not get through, and once more where its token was accepted
 * before and is refused now. Where no token can be had it is sent without: the response shows the consequence.
 */
export function sendAuthorized(context: ProbeContext, it: AuthorizedRequest): Promise<HttpResponse> {
  const { url } = it.request
  return context.resending.perform({ purpose: it.purpose, url, ...it.repeating }, async () => {
    const { token, response } = await sendOnce(context, it)
    if (response.status !== 401 || !response.sentToken || !token || !mayHaveDied(context, token))
      return response
    // Another request may have found out before.
    const isFirst = token.state !== 'dead'
    token.state = 'dead'
    if (context.client.isStopped()) return response
    const again = await sendOnce(context, it)
    if (!again.token || again.token === token) return response
    // If a new token is refused as well, the old one was not to blame.
    if (isFirst && again.response.status !== 401) noteDeath(context, it, token, response)
    return again.response
  })
}

/** A token that was just taken, and was never accepted, is refused for another reason than its age. */
function mayHaveDied({ clock }: ProbeContext, { state, takenAt }: AccessToken): boolean {
  return state !== undefined || clock.now() - takenAt >= 1_000
}

async function sendOnce(
  { client, tokens }: ProbeContext,
  { as, request, followsRedirects, onAttempt, onAnswer }: AuthorizedRequest,
): Promise<{ readonly response: HttpResponse; readonly token?: AccessToken }> {
  // A token must not expire while its request waits.
  if (!request.ignoresRetryAfter) await client.waitUntilOpen(request.url)
  const credentials = as === undefined ? {} : await tokens.credentials(as)
  const token = 'reason' in credentials ? undefined : credentials.token
  const sent = { ...request, ...authorizationOf(credentials) }
  onAttempt?.()
  const response = await (followsRedirects ? client.sendFollowingRedirects(sent) : client.send(sent))
  onAnswer?.(response)
  if (token && response.sentToken && (response.status ?? 500) < 400) token.state ??= 'accepted'
  return { response, ...(token ? { token } : {}) }
}

/** Notes a token that stopped working before its time. */
function noteDeath(
  { resending, clock }: ProbeContext,
  { purpose }: AuthorizedRequest,
  { takenAt, livesMs, promised }: AccessToken,
  { exchange }: HttpResponse,
): void {
  const lived = clock.now() - takenAt
  if (lived >= livesMs) return
  resending.noteFlaky({
    ...{ exchange: exchange.number, request: purpose, answer: 401 },
    token: { lived: Math.round(lived / 1000), ...(promised === undefined ? {} : { promised }) },
  })
}

/** What a request carries. If the server is not the cause that there is no token, the request is withheld. */
function authorizationOf(
  credentials: Awaited<ReturnType<ProbeContext['tokens']['credentials']>>,
): Pick<HttpRequest, 'authorization' | 'withheld'> {
  if ('reason' in credentials)
    return credentials.withheld === undefined ? {} : { withheld: credentials.withheld }
  return credentials.authorization === undefined ? {} : { authorization: credentials.authorization }
}
