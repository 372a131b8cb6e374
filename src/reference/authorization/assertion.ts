import type { JWK } from 'jose'
import type { Jwks, SigningClient } from './clients.ts'
import { registeredKeys } from './key-set.ts'
import type { AssertionClaims } from '../conduct/authorization.ts'
import { unmetClaim } from '../gateway.ts'
import type { RequestContext, ProviderState } from '../provider-state.ts'

/** Why a client is not authenticated: one sentence without anything that the client sent. */
export interface AuthenticationFailure {
  readonly because: string
}

interface ParsedAssertion {
  readonly text: string
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: AssertionClaims
}

function decodedObject(part: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function parseAssertion(text: string): ParsedAssertion | undefined {
  const parts = text.split('.')
  const header = decodedObject(parts[0] ?? '')
  const claims = decodedObject(parts[1] ?? '')
  return parts.length === 3 && header && claims ? { text, header, claims } : undefined
}

/** The keys to try for the signature (SMART, client-confidential-asymmetric, "Signature verification"). */
function keysFor(state: ProviderState, header: ParsedAssertion['header'], registered: Jwks): readonly JWK[] {
  const { conduct, release } = state
  const { kid, alg } = header
  const fitting = registered.keys.filter((key) => typeof alg === 'string' && conduct.keyFits(key, alg))
  if (typeof kid !== 'string') return conduct.keysOnMismatch('no-kid', fitting, release)
  const named = registered.keys.filter((key) => key.kid === kid)
  if (named.length === 0) return conduct.keysOnMismatch('unknown-kid', fitting, release)
  const both = fitting.filter((key) => key.kid === kid)
  if (both.length === 0) return conduct.keysOnMismatch('other-type', fitting, release)
  return both.length === 1 ? both : conduct.keysOnMismatch('several', both, release)
}

async function signedBy(
  state: ProviderState,
  assertion: ParsedAssertion,
  registered: Jwks,
): Promise<boolean> {
  const { alg } = assertion.header
  if (typeof alg !== 'string') return false
  for (const key of keysFor(state, assertion.header, registered))
    if (await state.conduct.signatureVerifies(assertion.text, key, alg)) return true
  return false
}

/** Which claim is wrong; undefined if all are as RFC 7523 section 3 and SMART require. The `jti` is not among them. */
function wrongClaim(call: RequestContext, claims: AssertionClaims, client: SigningClient) {
  const { state, tokenUrl, now } = call
  const { conduct } = state
  const seconds = now / 1000
  const { iss, sub, aud, exp, nbf } = claims
  const audience = state.configuration.gateway?.aud ?? tokenUrl
  const clientId = typeof iss === 'string' ? iss : client.clientId
  if (sub !== undefined && !conduct.subjectFits(sub, clientId)) return 'sub is not equal to iss'
  if (aud !== undefined && !conduct.audienceFits(aud, audience)) return 'aud is not that of this endpoint'
  if (exp !== undefined && !conduct.expiryFits(exp, seconds)) return 'exp is in the past'
  if (typeof exp === 'number' && !conduct.expiryIsNear(exp, seconds))
    return 'exp is more than five minutes ahead'
  if (nbf !== undefined && !conduct.notBeforeFits(nbf, seconds)) return 'nbf is in the future'
  return unmetClaim(call, claims)
}

/** Whether a `jti` is the first of its issuer; it is remembered for as long as its assertion could be sent again. */
function isFresh({ state, now }: RequestContext, claims: AssertionClaims, client: SigningClient): boolean {
  const { jti, exp } = claims
  if (jti === undefined) return true
  for (const [id, until] of state.usedIds) if (until < now / 1000) state.usedIds.delete(id)
  const id = JSON.stringify([state.conduct.issuerOfJti(client.clientId), jti])
  const fits = state.conduct.jtiFits(jti, state.usedIds.has(id))
  // A minute covers every allowed clock skew.
  state.usedIds.set(id, (typeof exp === 'number' ? exp : now / 1000 + 300) + 60)
  return fits
}

/** The client that a `client_assertion` authenticates (RFC 7523, SMART Backend Services). */
export async function clientOfAssertion(
  call: RequestContext,
  text: string,
  formClientId: string | undefined,
): Promise<SigningClient | AuthenticationFailure> {
  const { state } = call
  const { conduct } = state
  const assertion = parseAssertion(text)
  if (!assertion) return { because: 'The client assertion is not a signed JWT.' }
  const { header, claims } = assertion
  for (const claim of ['iss', 'sub', 'aud', 'exp', 'jti'] as const)
    if (claims[claim] === undefined && conduct.requiresClaim(claim))
      return { because: `The client assertion has no claim ${claim}.` }
  const client = conduct.clientOf(claims, state.clients)
  if (!client) return { because: 'The issuer of the client assertion is not a registered client.' }
  if (formClientId !== undefined && !conduct.clientIdFits(formClientId, client.clientId))
    return { because: 'client_id is not the issuer of the client assertion.' }
  if (typeof header.alg !== 'string' || !conduct.allowsAlgorithm(header.alg))
    return { because: 'The algorithm of the client assertion is not supported.' }
  if (header.jku !== undefined && !conduct.jkuFits(header.jku, client.jwksUrl))
    return { because: 'The jku header is not the registered JWKS URL.' }
  const wrong = wrongClaim(call, claims, client)
  if (wrong !== undefined) return { because: `In the client assertion ${wrong}.` }
  const registered = await registeredKeys(state, client)
  if (!registered) return { because: 'The JWK Set of the client cannot be retrieved.' }
  if (!(await signedBy(state, assertion, registered)))
    return { because: 'No registered key with that kid and type verifies the client assertion.' }
  return isFresh(call, claims, client)
    ? client
    : { because: 'The jti of the client assertion was used before.' }
}
