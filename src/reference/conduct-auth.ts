import { compactVerify, type JWK } from 'jose'
import { type Client, type Clients, importedKey, type SigningClient } from './clients.ts'
import type { Release } from './conduct.ts'
import type { Job } from './job.ts'
import { cut, type Permission, parseScope, permits, type Scope } from './scopes.ts'

/** Claims of a client assertion, not verified. */
export type AssertionClaims = Readonly<Record<string, unknown>>

/** Why no single registered key answers to a client assertion's header. */
export type KeyDoubt = 'no-kid' | 'unknown-kid' | 'other-type' | 'several'

/** What a request carries in its Authorization header. */
export type Credential = 'none' | 'malformed' | 'unknown' | 'expired' | 'valid'

/** What an access token opens. */
export type Endpoint = 'kickoff' | 'status' | 'file' | 'deletion' | 'read' | 'search'

/** Decisions of the authorization server, and those about access tokens. All times in seconds since 1970. */
export interface AuthConduct {
  servesGrantType(grantType: string): boolean
  knowsAssertionType(type: string): boolean
  /** The client that a request without client authentication is taken for. */
  clientUnauthenticated(clients: Clients): Client | undefined
  /** Whether an assertion without this claim is refused. */
  demandsClaim(claim: 'iss' | 'sub' | 'aud' | 'exp' | 'jti'): boolean
  clientOf(claims: AssertionClaims, clients: Clients): SigningClient | undefined
  subjectFits(subject: unknown, clientId: string): boolean
  /** Whether a `client_id` in the form fits the assertion. */
  clientIdFits(formClientId: string, clientId: string): boolean
  allowsAlgorithm(alg: string): boolean
  keyFits(key: JWK, alg: string): boolean
  /** The keys to try where none or several answer to the header; `candidates` fit the algorithm. */
  keysInDoubt(doubt: KeyDoubt, candidates: readonly JWK[], release: Release): readonly JWK[]
  signatureVerifies(assertion: string, key: JWK, alg: string): Promise<boolean>
  /** Whether a `jku` header names the registered JWKS URL. */
  jkuFits(jku: unknown, registered: string | undefined): boolean
  audienceFits(audience: unknown, tokenUrl: string): boolean
  expiryFits(exp: unknown, now: number): boolean
  expiryIsNear(exp: number, now: number): boolean
  notBeforeFits(nbf: unknown, now: number): boolean
  jtiFits(jti: unknown, seen: boolean): boolean
  /** The scope of a request that names none. */
  defaultScope(client: Client): string | undefined
  understands(scope: string): Scope | undefined
  grants(requested: readonly Scope[], allowed: readonly Scope[]): readonly Scope[]
  /** Whether a request with this credential goes on. */
  admits(credential: Credential, endpoint: Endpoint): boolean
  /** Whether a token may see a job of that client. */
  sees(job: Job, clientId: string, endpoint: Endpoint): boolean
  /** Whether a token's scopes cover a type; `selection`: for an export that does not name its types. */
  covers(
    scopes: readonly Scope[],
    need: { readonly type: string; readonly permissions: readonly Permission[] },
    endpoint: Endpoint | 'selection',
  ): boolean
}

/** How far clocks may differ, in seconds. */
const skew = 5

/** Longest that an assertion may be valid, in seconds. */
const furthest = 300

/** Curves and types of the keys that fit an algorithm. */
const shapes: Readonly<Record<string, (key: JWK) => boolean>> = {
  RS384: (key) => key.kty === 'RSA',
  ES384: (key) => key.kty === 'EC' && key.crv === 'P-384',
}

/** Decides as SMART Backend Services, RFC 7523, RFC 6749 and RFC 6750 ask. */
export const honestAuth: AuthConduct = {
  servesGrantType: (grantType) => grantType === 'client_credentials',
  knowsAssertionType: (type) => type === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  clientUnauthenticated: () => undefined,
  demandsClaim: () => true,
  clientOf: ({ iss }, { own, other }) => [own, other].find((client) => client.clientId === iss),
  subjectFits: (subject, clientId) => subject === clientId,
  clientIdFits: (formClientId, clientId) => formClientId === clientId,
  allowsAlgorithm: (alg) => Object.hasOwn(shapes, alg),
  keyFits: (key, alg) => Object.hasOwn(shapes, alg) && shapes[alg]?.(key) === true,
  keysInDoubt: (doubt, candidates, release) => (doubt === 'several' && release === '1.0.1' ? candidates : []),
  signatureVerifies: async (assertion, key, alg) => {
    try {
      await compactVerify(assertion, await importedKey(key, alg), { algorithms: [alg] })
      return true
    } catch {
      return false
    }
  },
  jkuFits: (jku, registered) => registered !== undefined && jku === registered,
  audienceFits: (audience, tokenUrl) =>
    Array.isArray(audience) ? audience.includes(tokenUrl) : audience === tokenUrl,
  expiryFits: (exp, now) => typeof exp === 'number' && Number.isFinite(exp) && exp > now - skew,
  expiryIsNear: (exp, now) => exp <= now + furthest + skew,
  notBeforeFits: (nbf, now) => typeof nbf === 'number' && nbf <= now + skew,
  jtiFits: (jti, seen) => typeof jti === 'string' && jti !== '' && !seen,
  defaultScope: () => undefined,
  understands: parseScope,
  grants: cut,
  admits: (credential) => credential === 'valid',
  sees: (job, clientId) => job.clientId === clientId,
  covers: (scopes, { type, permissions }) => permits(scopes, type, permissions),
}
