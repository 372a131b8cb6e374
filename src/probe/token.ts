import { randomBytes } from 'node:crypto'
import type { Clock } from '../model/clock.ts'
import type { Evidence } from '../model/probe.ts'
import type { As, TokenProbe } from '../model/suite.ts'
import type { BackendServices, BearerToken, ClientSecret, Target } from '../model/target.ts'
import {
  type AssertionOptions,
  type SigningKey,
  clientAssertion,
  patched,
  signingKey,
  spoiled,
} from './assertion.ts'
import type { Answer, Caller } from './call.ts'
import { findTokenUrl } from './discovery.ts'
import type { Masker } from './mask.ts'
import { failureOf, isPassing, livesMsOf, tokenOf } from './token-response.ts'

/** A value of Authorization, none at all, or why there is no token; the reason completes "cannot tell, because …". */
export type Credentials = { readonly authorization?: string } | { readonly because: string }

/** Obtains access tokens and makes token requests that deviate. */
export interface Tokens {
  /** Live for as long as the request that it is for takes to be sent. */
  credentials(as: As): Promise<Credentials>
  perform(spec: TokenProbe, key: string): Promise<Evidence>
  /** Takes the token now that must have expired later on. */
  takeEarly(): Promise<void>
}

type Requester = BackendServices | ClientSecret
interface Token {
  readonly value: string
  readonly takenAt: number
  readonly livesMs: number
}
type Outcome = Token | { readonly because: string; readonly passing: boolean }

/** Tokens of a target, cached until shortly before they expire. */
export function openTokens(options: {
  readonly target: Target
  readonly caller: Caller
  readonly clock: Clock
  readonly masker: Masker
  readonly signal?: AbortSignal
  readonly waiting: (ms: number) => void
  readonly random?: (bytes: number) => Uint8Array
}): Tokens {
  const { target, caller, clock, masker, random = randomBytes } = options
  const { limits } = target
  const cache = new Map<string, Outcome>()
  const coming = new Map<string, Promise<Outcome>>()
  const sent = new Map<string, { readonly assertion: string; readonly jti: string }>()
  let early: Outcome | undefined
  let discovered: Promise<{ url: string } | { because: string }> | undefined
  hideSecrets(target, masker)

  const randomText = (bytes = 16) => Buffer.from(random(bytes)).toString('base64url')
  const tokenUrl = (who: Requester) => {
    if (who.tokenUrl) return Promise.resolve({ url: who.tokenUrl })
    discovered ??= findTokenUrl(target, caller)
    return discovered
  }

  const post = async (
    who: Requester,
    form: Readonly<Record<string, unknown>>,
    url: string,
  ): Promise<Answer> => {
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
    const answer = await caller.call({
      method: 'POST',
      url,
      headers,
      body: body.toString(),
      token: 'never',
      timeoutMs,
      maxBytes,
    })
    const token = tokenOf(answer)
    if (token !== undefined) masker.addSecret(token)
    return answer
  }

  const request = async (
    who: Requester,
    spec: TokenProbe,
    key?: string,
  ): Promise<Answer | { because: string }> => {
    const endpoint = await tokenUrl(who)
    if ('because' in endpoint) return endpoint
    const scope = scopeOf(who.scope, spec)
    if (typeof scope === 'object') return scope
    const form: Record<string, unknown> = { grant_type: 'client_credentials', scope }
    if (who.kind === 'client-secret') {
      if (who.method === 'post') Object.assign(form, { client_id: who.clientId, client_secret: who.secret })
      return post(who, patched(form, spec.form), endpoint.url)
    }
    const assertion = await assertionFor(who, spec, endpoint.url)
    if ('because' in assertion) return assertion
    if (key !== undefined) sent.set(key, assertion)
    masker.addSecret(assertion.assertion)
    masker.addSecret(assertion.assertion.slice(assertion.assertion.lastIndexOf('.') + 1))
    form.client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    form.client_assertion = assertion.assertion
    return post(who, patched(form, spec.form), endpoint.url)
  }

  const assertionFor = async (who: BackendServices, spec: TokenProbe, url: string) => {
    if (spec.replays !== undefined)
      return sent.get(spec.replays) ?? { because: 'the assertion to be sent again was never sent' }
    const model = spec.jtiOf === undefined ? undefined : sent.get(spec.jtiOf)
    if (spec.jtiOf !== undefined && !model)
      return { because: 'the assertion whose jti is to be used again was never sent' }
    const key = await signingKey(who.key)
    if (!key) return { because: 'the configured key holds no private ES384 or RS384 key' }
    const otherKey = await otherKeyOf(target)
    if (spec.signedWith === 'other-client-key' && !otherKey)
      return { because: 'no second client with a key is configured' }
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

  const take = async (who: Requester, spec: TokenProbe): Promise<Outcome> => {
    const takenAt = clock.now()
    const answer = await request(who, spec)
    if ('because' in answer) return { ...answer, passing: false }
    const value = tokenOf(answer)
    if (value === undefined) return { because: failureOf(answer), passing: isPassing(answer) }
    return { value, takenAt, livesMs: livesMsOf(answer.body) }
  }

  const cached = async (name: string, who: Requester, spec: TokenProbe): Promise<Outcome> => {
    const known = cache.get(name)
    if (known && ('because' in known ? !known.passing : isFresh(known, clock.now()))) return known
    // Jobs are deleted all at once: if the token has expired by then, one new one is enough.
    const asked = coming.get(name) ?? take(who, spec).finally(() => coming.delete(name))
    coming.set(name, asked)
    const token = await asked
    cache.set(name, token)
    return token
  }

  const own = (spec: TokenProbe): Promise<Outcome> | Outcome => {
    const { authorization: who } = target
    if (who.kind === 'none') return { because: 'the target is set up without authorization', passing: false }
    if (who.kind === 'bearer')
      return spec.scope === undefined && !spec.only
        ? fixed(who)
        : { because: 'the configured token cannot be narrowed', passing: false }
    return cached(`own ${JSON.stringify(spec)}`, who, spec)
  }

  const otherClients = (): Promise<Outcome> | Outcome => {
    const { otherClient: who } = target
    if (!who) return { because: 'no second client is configured', passing: false }
    return who.kind === 'bearer' ? fixed(who) : cached('other', who, {})
  }

  const expired = async (): Promise<Outcome> => {
    const { authorization: who } = target
    if (who.kind === 'none' || who.kind === 'bearer')
      return {
        because: 'only a token that the harness requests itself can be waited for to expire',
        passing: false,
      }
    early ??= await take(who, {})
    if ('because' in early) return early
    const waitMs = early.takenAt + early.livesMs + limits.tokenGraceMs - clock.now()
    if (waitMs > limits.tokenWaitMs) {
      const [life, most] = [early.livesMs + limits.tokenGraceMs, limits.tokenWaitMs].map((it) =>
        Math.round(it / 1000),
      )
      return {
        because: `a token has surely expired only after ${life} s, and the harness waits ${most} s (--token-wait)`,
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
      if (as === 'garbage') return { authorization: `Bearer ${secret(randomText(32), masker)}` }
      if (as === 'own' && target.authorization.kind === 'none') return {}
      const outcome = await (as === 'expired'
        ? expired()
        : as === 'other-client'
          ? otherClients()
          : own(narrowing(as)))
      if ('because' in outcome) return { because: outcome.because }
      const value = as === 'tampered' ? secret(spoiled(outcome.value), masker) : outcome.value
      return { authorization: `Bearer ${value}` }
    },
    async perform(spec, key) {
      const { authorization: who } = target
      if (who.kind === 'none' || who.kind === 'bearer')
        return { probe: 'none', because: 'the target is set up without token requests' }
      const answer = await request(who, spec, key)
      return 'because' in answer
        ? { probe: 'none', because: answer.because }
        : { probe: 'token', exchanges: [answer.exchange] }
    },
    async takeEarly() {
      const { authorization: who } = target
      if (who.kind === 'backend-services' || who.kind === 'client-secret') early ??= await take(who, {})
    },
  }
}

function narrowing(as: Exclude<As, 'expired' | 'other-client' | 'none' | 'garbage'>): TokenProbe {
  return typeof as === 'object' ? as : {}
}

function secret(value: string, masker: Masker): string {
  masker.addSecret(value)
  return value
}

function fixed(who: BearerToken): Token {
  return { value: who.token, takenAt: 0, livesMs: Number.POSITIVE_INFINITY }
}

function isFresh({ takenAt, livesMs }: Token, now: number): boolean {
  // Ten percent of its life, at most five seconds, for the way to the server.
  return now < takenAt + livesMs - Math.min(livesMs / 10, 5_000)
}

async function otherKeyOf(target: Target): Promise<SigningKey | undefined> {
  return target.otherClient?.kind === 'backend-services' ? signingKey(target.otherClient.key) : undefined
}

function hideSecrets(target: Target, masker: Masker): void {
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

function scopeOf(own: string, { scope, only }: TokenProbe): string | { because: string } {
  if (scope !== undefined) return scope
  if (!only) return own
  const [, context, permission] = /(?:^|\s)(system|user|patient)\/[^.\s]+\.(\S+)/.exec(own) ?? []
  if (!context || !permission)
    return { because: 'the configured scope has no form that could be narrowed to resource types' }
  return only.map((type) => `${context}/${type}.${permission}`).join(' ')
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
