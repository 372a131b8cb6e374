import { randomBytes } from 'node:crypto'
import type { Clock } from '../../model/clock.ts'
import type { Evidence } from '../../model/evidence.ts'
import { type Reason, stated } from '../../model/reason.ts'
import type { RequestCredentials, TokenProbe } from '../../model/suite.ts'
import type { BackendServices, BearerToken, ClientSecret, Target } from '../../model/target.ts'
import {
  type AssertionOptions,
  type SigningKey,
  clientAssertion,
  applyMergePatch,
  signingKey,
  withTamperedSignature,
} from './client-assertion.ts'
import type { HttpResponse, HttpClient } from '../http-client.ts'
import { findTokenUrl } from './token-endpoint.ts'
import type { Masker } from '../masking/text.ts'
import { tokenFailure, isTransient, lifetimeMsOf, accessTokenOf } from './token-response.ts'

/** A value of Authorization, none at all, or why there is no token. */
export type Credentials = { readonly authorization?: string } | { readonly reason: Reason }

/** Obtains access tokens and makes token requests that deviate. */
export interface AccessTokens {
  /** Live for as long as the request that it is for takes to be sent. */
  credentials(as: RequestCredentials): Promise<Credentials>
  perform(spec: TokenProbe, key: string): Promise<Evidence>
  /** Takes the token now that must have expired later on. */
  obtainExpiringToken(): Promise<void>
}

type TokenClient = BackendServices | ClientSecret
interface AccessToken {
  readonly value: string
  readonly takenAt: number
  readonly livesMs: number
}
type TokenOutcome = AccessToken | { readonly reason: Reason; readonly passing: boolean }

/** Tokens of a target, cached until shortly before they expire. */
export function openAccessTokens(options: {
  readonly target: Target
  readonly caller: HttpClient
  readonly clock: Clock
  readonly masker: Masker
  readonly signal?: AbortSignal
  readonly waiting: (ms: number) => void
  readonly random?: (bytes: number) => Uint8Array
}): AccessTokens {
  const { target, caller, clock, masker, random = randomBytes } = options
  const { limits } = target
  const cache = new Map<string, TokenOutcome>()
  const sent = new Map<string, { readonly assertion: string; readonly jti: string }>()
  let early: TokenOutcome | undefined
  let discovered: Promise<{ url: string } | { reason: Reason }> | undefined
  rememberSecrets(target, masker)

  const randomText = (bytes = 16) => Buffer.from(random(bytes)).toString('base64url')
  const tokenUrl = (who: TokenClient) => {
    if (who.tokenUrl) return Promise.resolve({ url: who.tokenUrl })
    discovered ??= findTokenUrl(target, caller)
    return discovered
  }

  const post = async (
    who: TokenClient,
    form: Readonly<Record<string, unknown>>,
    url: string,
  ): Promise<HttpResponse> => {
    const body = new URLSearchParams(
      Object.entries(form).map(([name, value]): [string, string] => [name, textOf(value)]),
    )
    const basic = who.kind === 'client-secret' && who.method === 'basic'
    const headers: [string, string][] = [
      ['Accept', 'application/json'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ]
    if (basic) headers.push(['Authorization', `Basic ${basicCredentials(who)}`])
    const { requestTimeoutMs: timeoutMs, controlBodyBytes: maxBytes } = limits
    const answer = await caller.send({
      method: 'POST',
      url,
      headers,
      body: body.toString(),
      token: 'never',
      timeoutMs,
      maxBytes,
    })
    const token = accessTokenOf(answer)
    if (token !== undefined) masker.addSecret(token)
    return answer
  }

  const request = async (
    who: TokenClient,
    spec: TokenProbe,
    key?: string,
  ): Promise<HttpResponse | { reason: Reason }> => {
    const endpoint = await tokenUrl(who)
    if ('reason' in endpoint) return endpoint
    const scope = scopeOf(who.scope, spec)
    if (typeof scope === 'object') return scope
    const form: Record<string, unknown> = { grant_type: 'client_credentials', scope }
    if (who.kind === 'client-secret') {
      if (who.method === 'post') Object.assign(form, { client_id: who.clientId, client_secret: who.secret })
      return post(who, applyMergePatch(form, spec.form), endpoint.url)
    }
    const assertion = await assertionFor(who, spec, endpoint.url)
    if ('reason' in assertion) return assertion
    if (key !== undefined) sent.set(key, assertion)
    masker.addSecret(assertion.assertion)
    masker.addSecret(assertion.assertion.slice(assertion.assertion.lastIndexOf('.') + 1))
    form.client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    form.client_assertion = assertion.assertion
    return post(who, applyMergePatch(form, spec.form), endpoint.url)
  }

  const assertionFor = async (who: BackendServices, spec: TokenProbe, url: string) => {
    if (spec.replays !== undefined)
      return sent.get(spec.replays) ?? { reason: stated('the assertion to be sent again was never sent') }
    const model = spec.jtiOf === undefined ? undefined : sent.get(spec.jtiOf)
    if (spec.jtiOf !== undefined && !model)
      return { reason: stated('the assertion whose jti is to be used again was never sent') }
    const key = await signingKey(who.key)
    if (!key) return { reason: stated('the configured key holds no private ES384 or RS384 key') }
    const otherKey = await otherKeyOf(target)
    if (spec.signedWith === 'other-client-key' && !otherKey)
      return { reason: stated('no second client with a key is configured') }
    const jti = model?.jti ?? randomText()
    const { clientId } = who
    const now = clock.now() / 1000
    const given: AssertionOptions = {
      clientId,
      tokenUrl: url,
      key,
      jti,
      now,
      spec,
      ...(otherKey ? { otherKey } : {}),
    }
    const assertion = await clientAssertion(given)
    return { assertion, jti }
  }

  const take = async (who: TokenClient, spec: TokenProbe): Promise<TokenOutcome> => {
    const takenAt = clock.now()
    const answer = await request(who, spec)
    if ('reason' in answer) return { ...answer, passing: false }
    const value = accessTokenOf(answer)
    if (value === undefined) return { reason: tokenFailure(answer), passing: isTransient(answer) }
    return { value, takenAt, livesMs: lifetimeMsOf(answer.body) }
  }

  const cached = async (name: string, who: TokenClient, spec: TokenProbe): Promise<TokenOutcome> => {
    const known = cache.get(name)
    if (known && ('reason' in known ? !known.passing : isFresh(known, clock.now()))) return known
    const token = await take(who, spec)
    cache.set(name, token)
    return token
  }

  const own = (spec: TokenProbe): Promise<TokenOutcome> | TokenOutcome => {
    const { authorization: who } = target
    if (who.kind === 'none')
      return { reason: stated('the target is set up without authorization'), passing: false }
    if (who.kind === 'bearer')
      return spec.scope === undefined && !spec.only
        ? configuredToken(who)
        : { reason: stated('the configured token cannot be narrowed'), passing: false }
    return cached(`own ${JSON.stringify(spec)}`, who, spec)
  }

  const otherClients = (): Promise<TokenOutcome> | TokenOutcome => {
    const { otherClient: who } = target
    if (!who) return { reason: stated('no second client is configured'), passing: false }
    return who.kind === 'bearer' ? configuredToken(who) : cached('other', who, {})
  }

  const expired = async (): Promise<TokenOutcome> => {
    const { authorization: who } = target
    if (who.kind === 'none' || who.kind === 'bearer')
      return {
        reason: stated('only a token that the harness requests itself can be waited for to expire'),
        passing: false,
      }
    early ??= await take(who, {})
    if ('reason' in early) return early
    const waitMs = early.takenAt + early.livesMs + limits.tokenGraceMs - clock.now()
    if (waitMs > limits.tokenWaitMs) {
      const seconds = Math.round((early.livesMs + limits.tokenGraceMs) / 1000)
      const waits = Math.round(limits.tokenWaitMs / 1000)
      return {
        reason: { kind: 'token-lives-too-long', seconds, waits },
        passing: true,
      }
    }
    if (waitMs > 0) {
      options.waiting(waitMs)
      await clock.sleep(waitMs, options.signal)
    }
    return early
  }

  return {
    async credentials(as) {
      if (as === 'none') return {}
      if (as === 'garbage') return { authorization: `Bearer ${rememberSecret(randomText(32), masker)}` }
      if (as === 'own' && target.authorization.kind === 'none') return {}
      const outcome = await (as === 'expired'
        ? expired()
        : as === 'other-client'
          ? otherClients()
          : own(narrowedScope(as)))
      if ('reason' in outcome) return { reason: outcome.reason }
      const value =
        as === 'tampered' ? rememberSecret(withTamperedSignature(outcome.value), masker) : outcome.value
      return { authorization: `Bearer ${value}` }
    },
    async perform(spec, key) {
      const { authorization: who } = target
      if (who.kind === 'none' || who.kind === 'bearer')
        return { probe: 'none', reason: stated('the target is set up without token requests') }
      const answer = await request(who, spec, key)
      return 'reason' in answer
        ? { probe: 'none', reason: answer.reason }
        : { probe: 'token', exchanges: [answer.exchange] }
    },
    async obtainExpiringToken() {
      const { authorization: who } = target
      if (who.kind === 'backend-services' || who.kind === 'client-secret') early ??= await take(who, {})
    },
  }
}

function narrowedScope(
  as: Exclude<RequestCredentials, 'expired' | 'other-client' | 'none' | 'garbage'>,
): TokenProbe {
  return typeof as === 'object' ? as : {}
}

function rememberSecret(value: string, masker: Masker): string {
  masker.addSecret(value)
  return value
}

function configuredToken(who: BearerToken): AccessToken {
  return { value: who.token, takenAt: 0, livesMs: Number.POSITIVE_INFINITY }
}

function isFresh({ takenAt, livesMs }: AccessToken, now: number): boolean {
  // Ten percent of its life, at most five seconds, for the way to the server.
  return now < takenAt + livesMs - Math.min(livesMs / 10, 5_000)
}

async function otherKeyOf(target: Target): Promise<SigningKey | undefined> {
  return target.otherClient?.kind === 'backend-services' ? signingKey(target.otherClient.key) : undefined
}

function rememberSecrets(target: Target, masker: Masker): void {
  for (const it of [target.authorization, target.otherClient]) {
    if (it?.kind === 'bearer') masker.addSecret(it.token)
    if (it?.kind === 'client-secret')
      for (const value of [it.secret, basicCredentials(it)]) masker.addSecret(value)
    if (it?.kind !== 'backend-services') continue
    const { keys } = it.key as { keys?: unknown }
    for (const jwk of (Array.isArray(keys) ? keys : [it.key]) as Record<string, unknown>[])
      for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi'])
        if (typeof jwk[part] === 'string') masker.addSecret(jwk[part])
  }
}

/** RFC 6749 section 2.3.1: both parts form-encoded before they are joined. */
function basicCredentials({ clientId, secret: password }: ClientSecret): string {
  const form = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
  return Buffer.from(`${form(clientId)}:${form(password)}`).toString('base64')
}

function scopeOf(own: string, { scope, only }: TokenProbe): string | { reason: Reason } {
  if (scope !== undefined) return scope
  if (!only) return own
  const [, context, permission] = /(?:^|\s)(system|user|patient)\/[^.\s]+\.(\S+)/.exec(own) ?? []
  if (!context || !permission)
    return { reason: stated('the configured scope has no form that could be narrowed to resource types') }
  return only.map((type) => `${context}/${type}.${permission}`).join(' ')
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
