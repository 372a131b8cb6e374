import { compactVerify, type JWK } from 'jose'
import {
  type RegisteredClient,
  type RegisteredClients,
  importedKey,
  type SigningClient,
} from '../authorization/clients.ts'
import type { ProviderJob } from '../export/job.ts'
import {
  restrictScopes,
  type Permission,
  parseScope,
  scopesPermit,
  type Scope,
} from '../authorization/scopes.ts'
import type { Request } from '../http-message.ts'
import type { Release } from './configurations.ts'

/** Claims of a client assertion, not verified. */
export type AssertionClaims = Readonly<Record<string, unknown>>

/** Why not exactly one registered key fits the header of a client assertion. */
type KeyMismatch = 'no-kid' | 'unknown-kid' | 'other-type' | 'several'

/** The contents of an Authorization header. */
export type CredentialState = 'none' | 'other-scheme' | 'malformed' | 'unknown' | 'expired' | 'valid'

/** The kinds of access that a token gives. */
export type ProtectedEndpoint = 'kickoff' | 'status' | 'file' | 'deletion' | 'read' | 'search' | 'write'

/** Decisions of the authorization server, and those about access tokens. All times in seconds since 1970. */
export interface AuthConduct {
  acceptsGrantType(grantType: string): boolean
  acceptsAssertionType(type: string): boolean
  /** The client of a request without client authentication. */
  unauthenticatedClient(clients: RegisteredClients): RegisteredClient | undefined
  /** Whether an assertion without this claim is refused. */
  requiresClaim(claim: 'iss' | 'sub' | 'aud' | 'exp' | 'jti'): boolean
  clientOf(claims: AssertionClaims, clients: RegisteredClients): SigningClient | undefined
  subjectFits(subject: unknown, clientId: string): boolean
  /** Whether a `client_id` in the form fits the assertion. */
  clientIdFits(formClientId: string, clientId: string): boolean
  allowsAlgorithm(alg: string): boolean
  keyFits(key: JWK, alg: string): boolean
  /** The keys to try if none or several fit the header; `candidates` fit the algorithm. */
  keysOnMismatch(doubt: KeyMismatch, candidates: readonly JWK[], release: Release): readonly JWK[]
  signatureVerifies(assertion: string, key: JWK, alg: string): Promise<boolean>
  /** Whether a `jku` header names the registered JWKS URL. */
  jkuFits(jku: unknown, registered: string | undefined): boolean
  audienceFits(audience: unknown, tokenUrl: string): boolean
  expiryFits(exp: unknown, now: number): boolean
  expiryIsNear(exp: number, now: number): boolean
  notBeforeFits(nbf: unknown, now: number): boolean
  jtiFits(jti: unknown, seen: boolean): boolean
  /** What a `jti` is remembered with. */
  issuerOfJti(clientId: string): string
  /** Whether the URL that a client registered is where its keys are, rather than those that it had then. */
  usesKeySetUrl(): boolean
  /** The request for a JWK Set. */
  keySetRequest(url: string): Request
  /** Seconds for which a JWK Set with this Cache-Control is kept. */
  keySetLifetime(cacheControl: string): number
  /** The scope for a request without one. */
  defaultScope(client: RegisteredClient): string | undefined
  parsesScope(scope: string): Scope | undefined
  grantsScopes(requested: readonly Scope[], allowed: readonly Scope[]): readonly Scope[]
  /** Whether a value of Authorization has the scheme of access tokens. */
  isTokenScheme(scheme: string): boolean
  /** Whether a request to this URL with this credential is processed. */
  admitsCredential(credential: CredentialState, endpoint: ProtectedEndpoint, url: string): boolean
  /** Whether a token may see a job of that client. */
  mayAccessJob(job: ProviderJob, clientId: string, endpoint: ProtectedEndpoint): boolean
  /** Whether a token's scopes cover a type; `selection`: for an export that does not name its types. */
  scopesCover(
    scopes: readonly Scope[],
    need: { readonly type: string; readonly permissions: readonly Permission[] },
    endpoint: ProtectedEndpoint | 'selection',
  ): boolean
}

/** How far clocks may differ, in seconds. */
const clockSkew = 5

/** Maximum lifetime of an assertion, in seconds. */
const longestValidity = 300

/** Curves and types of the keys that fit an algorithm. */
const keyShapes: Readonly<Record<string, (key: JWK) => boolean>> = {
  RS384: (key) => key.kty === 'RSA',
  ES384: (key) => key.kty === 'EC' && key.crv === 'P-384',
  ES256: (key) => key.kty === 'EC' && key.crv === 'P-256',
}

/** Decides as SMART Backend Services, RFC 7523, RFC 6749 and RFC 6750 require. */
export const honestAuth: AuthConduct = {
  acceptsGrantType: (grantType) => grantType === 'client_credentials',
  acceptsAssertionType: (type) => type === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  unauthenticatedClient: () => undefined,
  requiresClaim: () => true,
  clientOf: ({ iss }, { own, other }) => [own, other].find((client) => client.clientId === iss),
  subjectFits: (subject, clientId) => subject === clientId,
  clientIdFits: (formClientId, clientId) => formClientId === clientId,
  allowsAlgorithm: (alg) => Object.hasOwn(keyShapes, alg),
  keyFits: (key, alg) => Object.hasOwn(keyShapes, alg) && keyShapes[alg]?.(key) === true,
  keysOnMismatch: (doubt, candidates, release) =>
    doubt === 'several' && release === '1.0.1' ? candidates : [],
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
  expiryFits: (exp, now) => typeof exp === 'number' && Number.isFinite(exp) && exp > now - clockSkew,
  expiryIsNear: (exp, now) => exp <= now + longestValidity + clockSkew,
  notBeforeFits: (nbf, now) => typeof nbf === 'number' && nbf <= now + clockSkew,
  jtiFits: (jti, seen) => typeof jti === 'string' && jti !== '' && !seen,
  issuerOfJti: (clientId) => clientId,
  usesKeySetUrl: () => true,
  keySetRequest: (url) => ({ method: 'GET', url, headers: [['Accept', 'application/json']] }),
  keySetLifetime: (cacheControl) => Number(/(?:^|[ ,])max-age=(\d+)/.exec(cacheControl)?.[1] ?? 0),
  defaultScope: () => undefined,
  parsesScope: parseScope,
  grantsScopes: restrictScopes,
  isTokenScheme: (scheme) => scheme.toLowerCase() === 'bearer',
  admitsCredential: (credential) => credential === 'valid',
  mayAccessJob: (job, clientId) => job.clientId === clientId,
  scopesCover: (scopes, { type, permissions }) => scopesPermit(scopes, type, permissions),
}
