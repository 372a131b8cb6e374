import { randomBytes } from 'node:crypto'
import type { Clock } from '../../model/clock.ts'
import type { Evidence } from '../../model/evidence.ts'
import { type Reason, stated } from '../../model/reason.ts'
import type { RequestCredentials, TokenProbe } from '../../model/suite.ts'
import type { BackendServices, BearerToken, Target } from '../../model/target.ts'
import type { HttpClient } from '../http-client.ts'
import type { KeySetHost } from '../key-set-host.ts'
import type { Recorder } from '../recording/recorder.ts'
import type { Masker } from '../masking/text.ts'
import type { Resending } from '../resending.ts'
import { type AccessToken, type TokenOutcome, isFresh, notRenewed } from './access-token.ts'
import { withTamperedSignature } from './client-assertion.ts'
import { hostedSets, performTokenProbe, requestsTokens } from './token-probe.ts'
import { basicFor, rememberKey, rememberSecret, rememberSecrets, userPassword } from './client-secrets.ts'
import {
  type TokenClient,
  type TokenRequests,
  randomText,
  requestToken,
  tokenEndpoint,
  unsentAssertion,
} from './token-request.ts'
import {
  tokenFailure,
  isTransient,
  jwtLifeMs,
  lifetimeMsOf,
  promisedSecondsOf,
  accessTokenOf,
} from './token-response.ts'

/** A value of the Authorization header, its absence, or why there is no token; `withheld`: the server has nothing to do with that. */
type Credentials =
  | {
      readonly authorization?: string
      /** Absent if the value is to be refused, or never changes. */
      readonly token?: AccessToken
    }
  | { readonly reason: Reason; readonly withheld?: string }

/** Obtains access tokens and makes token requests that deviate. */
export interface AccessTokens {
  /** Live for as long as the request that it is for takes to be sent. */
  credentials(as: RequestCredentials): Promise<Credentials>
  /** The token endpoint, or why there is none. */
  endpoint(): Promise<{ readonly url: string } | { readonly reason: Reason }>
  /** The access token of the harness, or why there is none. */
  own(): Promise<TokenOutcome>
  /** A client assertion of the harness with the deviations of a probe, which is not sent. */
  assertion(spec: TokenProbe): Promise<{ readonly assertion: string } | { readonly reason: Reason }>
  /** Makes a token request; `key` names it for `replays` and `jtiOf` of later ones. */
  perform(spec: TokenProbe, key: string, page: TokenPage): Promise<Evidence>
  /** Requests the token now that a later request needs after its expiry. */
  obtainExpiringToken(): Promise<void>
}

/** Where the exchanges of a token probe are recorded. */
interface TokenPage {
  readonly client: HttpClient
  readonly recorder: Recorder
}

/** The tokens of a target. */
interface TokenState {
  readonly requests: TokenRequests
  readonly cache: Map<string, TokenOutcome>
  /** Token requests that are under way, by the same names. */
  readonly pending: Map<string, Promise<TokenOutcome>>
  readonly onWait: (ms: number) => void
  readonly signal: AbortSignal | undefined
  /** The token that a later request needs after its expiry. */
  expiring?: Promise<TokenOutcome>
}

/** Tokens of a target, cached until shortly before they expire. */
export function openAccessTokens({
  target,
  client,
  resending,
  clock,
  masker,
  random = randomBytes,
  signal,
  onWait,
  keySetHost,
}: {
  readonly target: Target
  readonly client: HttpClient
  readonly resending: Resending
  readonly clock: Clock
  readonly masker: Masker
  readonly signal?: AbortSignal
  /** Called with the time, in milliseconds, that a token takes to expire. */
  readonly onWait: (ms: number) => void
  readonly random?: (bytes: number) => Uint8Array
  /** Hosts the JWK Set of the harness. */
  readonly keySetHost?: KeySetHost | undefined
}): AccessTokens {
  rememberSecrets(target, masker)
  const renewedKeys = new Map<BackendServices, object>()
  const requests: TokenRequests = {
    ...{ target, client, resending, clock, masker, random },
    ...{ assertions: new Map(), renewedKeys, begun: new WeakSet(), discovery: {} },
    ...hostedSets(target, keySetHost, renewedKeys),
  }
  const tokens: TokenState = { requests, cache: new Map(), pending: new Map(), onWait, signal }
  return {
    credentials: (as) => credentials(tokens, as),
    async endpoint() {
      const { authorization } = target
      return requestsTokens(authorization)
        ? tokenEndpoint(requests, authorization)
        : { reason: stated('the target is configured without token requests') }
    },
    own: async () => ownToken(tokens, {}),
    assertion: (spec) => unsentAssertion(requests, spec),
    perform: (spec, key, page) =>
      performTokenProbe({ ...requests, client: page.client }, spec, { key, recorder: page.recorder }),
    async obtainExpiringToken() {
      const { authorization } = target
      if (requestsTokens(authorization)) await expiringToken(tokens, authorization)
    },
  }
}

async function credentials(tokens: TokenState, as: RequestCredentials): Promise<Credentials> {
  const { requests } = tokens
  const { target, masker } = requests
  if (as === 'none') return {}
  if (as === 'garbage') return { authorization: `Bearer ${rememberSecret(randomText(requests, 32), masker)}` }
  if (as === 'unknown-user') {
    const nobody = { user: randomText(requests, 12), password: randomText(requests, 24) }
    return { authorization: `Basic ${rememberSecret(userPassword(nobody), masker)}` }
  }
  if ((as === 'own' || as === 'writer') && target.authorization.kind === 'none') return {}
  const basic = basicFor(target, as)
  if (basic) {
    const value = as === 'tampered' ? withTamperedSignature(userPassword(basic)) : userPassword(basic)
    return { authorization: `Basic ${rememberSecret(value, masker)}` }
  }
  const outcome = await tokenFor(tokens, as)
  if ('reason' in outcome) {
    const { reason, withheld } = outcome
    return { reason, ...(withheld === undefined ? {} : { withheld }) }
  }
  const value =
    as === 'tampered' ? rememberSecret(withTamperedSignature(outcome.value), masker) : outcome.value
  const isFixed =
    ['tampered', 'wrong-scheme', 'expired'].some((it) => it === as) ||
    outcome.livesMs === Number.POSITIVE_INFINITY
  const scheme = as === 'wrong-scheme' ? 'Token' : 'Bearer'
  return { authorization: `${scheme} ${value}`, ...(isFixed ? {} : { token: outcome }) }
}

function tokenFor(
  tokens: TokenState,
  as: Exclude<RequestCredentials, 'none' | 'garbage' | 'unknown-user'>,
): Promise<TokenOutcome> | TokenOutcome {
  if (as === 'expired') return expiredToken(tokens)
  if (as === 'other-client') return otherClientsToken(tokens)
  if (as === 'writer') return writersToken(tokens)
  return ownToken(tokens, typeof as === 'object' ? as : {})
}

function ownToken(tokens: TokenState, spec: TokenProbe): Promise<TokenOutcome> | TokenOutcome {
  const { authorization } = tokens.requests.target
  if (authorization.kind === 'none')
    return { reason: stated('the target is configured without authorization'), transient: false }
  if (authorization.kind === 'basic')
    return { reason: stated('HTTP Basic has no scope that a test could narrow'), transient: false }
  if (authorization.kind === 'bearer')
    return spec.scope === undefined && !spec.only
      ? configuredToken(tokens, 'own', authorization)
      : { reason: stated('the scope of the configured access token cannot be narrowed'), transient: false }
  return cachedToken(tokens, `own ${JSON.stringify(spec)}`, authorization, spec)
}

/** A token that permits to write Groups, in the notation of the configured scope; a configured token may permit it anyway. */
function writersToken(tokens: TokenState): Promise<TokenOutcome> | TokenOutcome {
  const { authorization } = tokens.requests.target
  if (!requestsTokens(authorization)) return ownToken(tokens, {})
  const isV1 = /\.(read|write|\*)(\s|$)/.test(authorization.scope)
  return ownToken(tokens, { scope: `${authorization.scope} system/Group.${isV1 ? '*' : 'cruds'}` })
}

function otherClientsToken(tokens: TokenState): Promise<TokenOutcome> | TokenOutcome {
  const { otherClient } = tokens.requests.target
  if (!otherClient || otherClient.kind === 'basic')
    return { reason: stated('no second client is configured'), transient: false }
  return otherClient.kind === 'bearer'
    ? configuredToken(tokens, 'other', otherClient)
    : cachedToken(tokens, 'other', otherClient, {})
}

function expiringToken(tokens: TokenState, by: TokenClient): Promise<TokenOutcome> {
  tokens.expiring ??= takeToken(tokens.requests, by, {})
  return tokens.expiring
}

/** A token that has expired: waits until it has. */
async function expiredToken(tokens: TokenState): Promise<TokenOutcome> {
  const { requests, onWait, signal } = tokens
  const { target, clock } = requests
  const { authorization, limits } = target
  if (!requestsTokens(authorization))
    return {
      reason: stated(
        'bulkcheck did not request the access token itself, so it does not know when the token expires',
      ),
      transient: false,
    }
  const token = await expiringToken(tokens, authorization)
  if ('reason' in token) return token
  const waitMs = token.takenAt + token.livesMs + limits.tokenGraceMs - clock.now()
  if (waitMs > limits.tokenWaitMs) {
    const seconds = Math.round((token.livesMs + limits.tokenGraceMs) / 1000)
    const waits = Math.round(limits.tokenWaitMs / 1000)
    return {
      reason: { kind: 'token-lives-too-long', seconds, waits },
      transient: true,
    }
  }
  if (waitMs > 0) {
    onWait(waitMs)
    await clock.sleep(waitMs, signal)
  }
  return token
}

async function cachedToken(
  { cache, pending, requests }: TokenState,
  name: string,
  by: TokenClient | BearerToken,
  spec: TokenProbe,
): Promise<TokenOutcome> {
  const known = cache.get(name)
  if (known && ('reason' in known ? !known.transient : isFresh(known, requests.clock.now()))) return known
  // Jobs are deleted a few at a time: one new token serves them all.
  const isExpired = known !== undefined && (!('reason' in known) || known.withheld !== undefined)
  const requested =
    pending.get(name) ?? takeAgain(requests, by, spec, isExpired).finally(() => pending.delete(name))
  pending.set(name, requested)
  const token = await requested
  cache.set(name, token)
  return token
}

/** A token, and where the one before has expired, what it takes anew as well. */
async function takeAgain(
  requests: TokenRequests,
  by: TokenClient | BearerToken,
  spec: TokenProbe,
  isExpired: boolean,
): Promise<TokenOutcome> {
  const takenAt = requests.clock.now()
  if (by.kind === 'bearer') {
    const isFirst = !requests.begun.has(by)
    requests.begun.add(by)
    const got = isFirst || !by.renewToken ? by : await by.renewToken()
    if ('because' in got) return notRenewed(got.because)
    return {
      value: rememberSecret(got.token, requests.masker),
      takenAt,
      livesMs: jwtLifeMs(got.token, takenAt),
    }
  }
  if (isExpired && by.kind === 'backend-services' && by.renewKey) {
    const got = await by.renewKey()
    if ('because' in got) return notRenewed(got.because)
    rememberKey(got.key, requests.masker)
    requests.renewedKeys.set(by, got.key)
  }
  return takeToken(requests, by, spec)
}

async function takeToken(requests: TokenRequests, by: TokenClient, spec: TokenProbe): Promise<TokenOutcome> {
  const response = await requestToken(requests, by, spec)
  if ('reason' in response) return { transient: false, ...response }
  const value = accessTokenOf(response)
  if (value === undefined) return { reason: tokenFailure(response), transient: isTransient(response) }
  const promised = promisedSecondsOf(response.body)
  return {
    value,
    takenAt: response.sentAt,
    livesMs: lifetimeMsOf(response.body),
    ...(promised === undefined ? {} : { promised }),
  }
}

function configuredToken(
  tokens: TokenState,
  name: string,
  by: BearerToken,
): Promise<TokenOutcome> | AccessToken {
  if (by.renewToken) return cachedToken(tokens, name, by, {})
  return { value: by.token, takenAt: 0, livesMs: Number.POSITIVE_INFINITY }
}
