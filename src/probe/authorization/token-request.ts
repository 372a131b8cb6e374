import type { Clock } from '../../model/clock.ts'
import { type Reason, stated } from '../../model/reason.ts'
import type { TokenProbe } from '../../model/suite.ts'
import type { BackendServices, BearerToken, ClientSecret, Target } from '../../model/target.ts'
import { mostBytes } from '../body-limits.ts'
import type { HttpClient, HttpResponse } from '../http-client.ts'
import type { HostedKeySets } from '../key-set-host.ts'
import type { Masker } from '../masking/text.ts'
import type { Resending } from '../resending.ts'
import {
  type AssertionOptions,
  type SigningKey,
  applyMergePatch,
  clientAssertion,
  signingKey,
} from './client-assertion.ts'
import { credentialOf } from './client-credential.ts'
import { basicCredentials, userPassword } from './client-secrets.ts'
import { findTokenUrl } from './smart-discovery.ts'
import { accessTokenOf } from './token-response.ts'

/** A client that requests its tokens. */
export type TokenClient = BackendServices | ClientSecret

/** What token requests need, and what earlier ones keep for later ones. */
export interface TokenRequests {
  readonly target: Target
  readonly client: HttpClient
  readonly resending: Resending
  readonly clock: Clock
  readonly masker: Masker
  readonly random: (bytes: number) => Uint8Array
  /** By the key of the probe that sent it. */
  readonly assertions: Map<string, SentAssertion>
  /** Keys that took the place of the configured ones. */
  readonly renewedKeys: Map<BackendServices, object>
  /** Those whose first token has been used. */
  readonly begun: WeakSet<BearerToken>
  /** The JWK Set that the harness hosts; absent where it hosts none, and while a probe changes it. */
  readonly keySets?: HostedKeySets
  /** Signs in place of the configured key. */
  readonly signer?: SigningKey
  /** The token endpoint that the server names, after its discovery. */
  readonly discovery: { endpoint?: Promise<TokenEndpoint> }
}

interface SentAssertion {
  readonly assertion: string
  readonly jti: string
  /** Milliseconds since 1970. */
  readonly madeAt: number
  /** The probe that sent it, and whose assertion it is. */
  readonly spec: TokenProbe
  readonly by: BackendServices
}

type TokenEndpoint =
  /** `from`: the document in which the server names it; absent if the configuration does. */
  | { readonly url: string; readonly from?: string }
  /** `transient`: the next request may bring it. */
  | { readonly reason: Reason; readonly transient: boolean }

/** Random bytes as base64url. */
export function randomText({ random }: TokenRequests, bytes = 16): string {
  return Buffer.from(random(bytes)).toString('base64url')
}

/** Makes a token request with the deviations of a probe, or says why it cannot. With `key` later probes can use its assertion again. */
export async function requestToken(
  requests: TokenRequests,
  by: TokenClient,
  spec: TokenProbe,
  key?: string,
): Promise<HttpResponse | { readonly reason: Reason; readonly transient?: boolean }> {
  const endpoint = await tokenEndpoint(requests, by)
  if ('reason' in endpoint) return endpoint
  const scope = scopeOf(by.scope, spec)
  if (typeof scope === 'object') return scope
  const form: Record<string, unknown> = {
    ...furtherFields(by),
    ...{ grant_type: 'client_credentials', scope },
  }
  const to = { ...endpoint, mustSucceed: Object.keys(spec).length === 0 }
  if (by.kind === 'client-secret') {
    if (by.method === 'post') Object.assign(form, { client_id: by.clientId, client_secret: by.secret })
    return post(requests, by, to, async () => applyMergePatch(form, spec.form))
  }
  await renewModel(requests, spec)
  await requests.keySets?.ready()
  await requests.client.waitUntilOpen(endpoint.url)
  const first = await assertionFor(requests, by, spec, endpoint.url)
  if ('reason' in first) return first
  let attempts = 0
  return post(requests, by, to, async () => {
    // The jti of an assertion may have been seen although no answer came: each attempt has one of its own.
    const next = attempts === 0 ? first : await assertionFor(requests, by, spec, endpoint.url)
    attempts += 1
    const sent = 'reason' in next ? first : next
    const { assertion } = sent
    if (key !== undefined) requests.assertions.set(key, sent)
    requests.masker.addSecret(assertion)
    requests.masker.addSecret(assertion.slice(assertion.lastIndexOf('.') + 1))
    form.client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    form.client_assertion = assertion
    return applyMergePatch(form, spec.form)
  })
}

const longestModelAgeMs = 60_000

/** A server may forget an assertion that has expired: one that is to be seen again is sent anew first where it is old. */
async function renewModel(requests: TokenRequests, spec: TokenProbe): Promise<void> {
  const { assertions, clock } = requests
  const key = spec.replays ?? spec.jtiOf
  const model = key === undefined ? undefined : assertions.get(key)
  if (key === undefined || !model || clock.now() - model.madeAt <= longestModelAgeMs) return
  const response = await requestToken(requests, model.by, model.spec, key)
  if ('reason' in response || response.status !== 200) assertions.delete(key)
}

/** The token endpoint of a client: the configured one, otherwise the one that the server names. */
export async function tokenEndpoint(
  requests: TokenRequests,
  { tokenUrl }: TokenClient,
): Promise<TokenEndpoint> {
  if (tokenUrl) return { url: tokenUrl }
  const { discovery } = requests
  discovery.endpoint ??= findTokenUrl(requests.target, requests)
  const found = await discovery.endpoint
  if ('reason' in found && found.transient) delete discovery.endpoint
  return found
}

/** A client assertion of the harness for its token endpoint, with the deviations of a probe. */
export async function unsentAssertion(
  requests: TokenRequests,
  spec: TokenProbe,
): Promise<{ readonly assertion: string } | { readonly reason: Reason }> {
  const by = requests.target.authorization
  if (by.kind !== 'backend-services')
    return { reason: stated('the target is configured without client assertions') }
  const endpoint = await tokenEndpoint(requests, by)
  return 'reason' in endpoint ? endpoint : assertionFor(requests, by, spec, endpoint.url)
}

async function assertionFor(
  requests: TokenRequests,
  by: BackendServices,
  spec: TokenProbe,
  tokenUrl: string,
): Promise<SentAssertion | { readonly reason: Reason }> {
  const { target, clock, assertions } = requests
  if (spec.replays !== undefined)
    return (
      assertions.get(spec.replays) ?? {
        reason: stated('the assertion that this test repeats was never sent'),
      }
    )
  const model = spec.jtiOf === undefined ? undefined : assertions.get(spec.jtiOf)
  if (spec.jtiOf !== undefined && !model)
    return { reason: stated('the assertion whose jti this test reuses was never sent') }
  const key = requests.signer ?? (await signingKey(requests.renewedKeys.get(by) ?? by.key))
  if (!key) return { reason: stated('the configured key is not a private ES384 or RS384 key') }
  const otherKey = await otherKeyOf(target)
  if (spec.signedWith === 'other-client-key' && !otherKey)
    return { reason: stated('no second client with a key is configured') }
  const options: AssertionOptions = {
    ...{ key, spec, clientId: by.clientId, now: assertionTimeMs(requests) / 1000 },
    aud: by.aud ?? tokenUrl,
    ...(by.claims ? { claims: by.claims } : {}),
    jti: model?.jti ?? randomText(requests),
    keySetUrl: by.keySet?.url,
    ...(otherKey ? { otherKey } : {}),
  }
  return { assertion: await clientAssertion(options), jti: options.jti, madeAt: clock.now(), spec, by }
}

/** What assertions state: the wall clock, unless it was moved during the run and the clock of the server was not. */
function assertionTimeMs({ clock, client }: TokenRequests): number {
  const ahead = client.serverAheadMs()
  const moved = clock.wall() - clock.now()
  const isOnlyOurs = ahead !== undefined && Math.abs(ahead) < Math.abs(ahead - moved)
  return isOnlyOurs ? clock.now() : clock.wall()
}

async function otherKeyOf(target: Target): Promise<SigningKey | undefined> {
  return target.otherClient?.kind === 'backend-services' ? signingKey(target.otherClient.key) : undefined
}

/** Posts a form, which is made anew for each attempt. */
async function post(
  { target, client, masker, resending }: TokenRequests,
  by: TokenClient,
  { url, from, mustSucceed }: { readonly url: string; readonly from?: string; readonly mustSucceed: boolean },
  makeForm: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<HttpResponse> {
  const headers: [string, string][] = [
    ['Accept', 'application/json'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ]
  if (by.kind === 'client-secret' && by.method === 'basic')
    headers.push(['Authorization', `Basic ${basicCredentials(by)}`])
  if (by.kind === 'backend-services' && by.tokenBasic)
    headers.push(['Authorization', `Basic ${userPassword(by.tokenBasic)}`])
  const { limits } = target
  const how = { timeoutMs: limits.requestTimeoutMs, maxBytes: mostBytes(limits, 'token') }
  const response = await resending.perform({ purpose: 'token request', url, mustSucceed }, async () => {
    const form = await makeForm()
    const credential = credentialOf(by, { target, assertion: form.client_assertion, url })
    const fields = Object.entries(form).flatMap(([name, value]) =>
      [value].flat().map((it): [string, string] => [name, textOf(it)]),
    )
    return client.send({
      ...{ method: 'POST', url, headers, ...how },
      body: new URLSearchParams(fields).toString(),
      token: 'never',
      client: { isConfigured: from === undefined, ...(credential ? { credential } : {}) },
      ...(from === undefined ? {} : { from }),
    })
  })
  const token = accessTokenOf(response)
  if (token !== undefined) masker.addSecret(token)
  return response
}

/** Configured form fields by name; one that is configured several times has several values. */
function furtherFields({ tokenFields = [] }: TokenClient): Record<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (const { name, value } of tokenFields) values.set(name, [...(values.get(name) ?? []), value])
  return Object.fromEntries(values)
}

function scopeOf(own: string, { scope, only }: TokenProbe): string | { reason: Reason } {
  if (scope !== undefined) return scope
  if (!only) return own
  const [, context, permission] = /(?:^|\s)(system|user|patient)\/[^.\s]+\.(\S+)/.exec(own) ?? []
  if (!context || !permission)
    return { reason: stated('the configured scope cannot be narrowed to resource types') }
  return only.map((type) => `${context}/${type}.${permission}`).join(' ')
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
