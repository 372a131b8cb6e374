import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { JWK } from 'jose'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'
import { CompactSign } from 'jose/jws/compact/sign'
import type { MergePatch, TokenProbe } from '../../model/suite.ts'

/** A private key with which client assertions are signed. */
export interface SigningKey {
  readonly key: KeyObject
  readonly algorithm: 'ES384' | 'RS384'
  readonly kid: string
}

/** What an assertion says and by whom it is signed. */
export interface AssertionOptions {
  readonly clientId: string
  readonly aud: string
  /** Further claims. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly key: SigningKey
  readonly otherKey?: SigningKey
  /** The registered URL of the JWK Set. */
  readonly keySetUrl?: string | undefined
  readonly jti: string
  /** Seconds since 1970. */
  readonly now: number
  readonly spec: TokenProbe
}

const lifetimeSeconds = 240

/** Many authorization servers want `iat`, and none of them in the future. */
const issuedSecondsAgo = 5

const importedKeys = new WeakMap<object, Promise<SigningKey | undefined>>()

/** The first private key of a JWK or JWK Set that can sign ES384 or RS384, imported once; `undefined` if there is none. */
export function signingKey(jwk: object): Promise<SigningKey | undefined> {
  const found = importedKeys.get(jwk) ?? importSigningKey(jwk)
  importedKeys.set(jwk, found)
  return found
}

async function importSigningKey(jwk: object): Promise<SigningKey | undefined> {
  return (await signingKeys(jwk))[0]
}

/** Every private key of a JWK or JWK Set that can sign ES384 or RS384. */
export async function signingKeys(jwk: object): Promise<readonly SigningKey[]> {
  const { keys } = jwk as { keys?: unknown }
  const found: SigningKey[] = []
  for (const it of Array.isArray(keys) ? (keys as JWK[]) : [jwk as JWK]) {
    const algorithm = algorithmOf(it)
    if (!algorithm || typeof it.d !== 'string') continue
    const key = createPrivateKey({ key: it as never, format: 'jwk' })
    found.push({ key, algorithm, kid: it.kid ?? (await calculateJwkThumbprint(it)) })
  }
  return found
}

function algorithmOf({ kty, crv, alg }: JWK): SigningKey['algorithm'] | undefined {
  const algorithm = kty === 'EC' && crv === 'P-384' ? 'ES384' : kty === 'RSA' ? 'RS384' : undefined
  return alg === undefined || alg === algorithm ? algorithm : undefined
}

/** A client assertion (RFC 7523, SMART Backend Services) as a compact JWS, with the deviations that a probe asks for. */
export async function clientAssertion(options: AssertionOptions): Promise<string> {
  const { spec, clientId, now, key } = options
  const { key: signing, header: own } = signerOf(options)
  const header = applyMergePatch(
    {
      typ: 'JWT',
      ...own,
      ...(spec.otherAlgorithm ? { alg: key.algorithm === 'ES384' ? 'RS384' : 'ES384' } : {}),
      ...(spec.namesKeySet ? { jku: options.keySetUrl } : {}),
    },
    spec.header,
  )
  const times = Object.fromEntries(
    Object.entries(spec.claims ?? {}).map(([name, value]) => [
      name,
      typeof value === 'number' && ['exp', 'nbf', 'iat'].includes(name) ? Math.floor(now) + value : value,
    ]),
  )
  const claims = applyMergePatch(
    {
      iss: clientId,
      sub: clientId,
      aud: spec.listedAudience ? [options.aud] : options.aud,
      exp: Math.floor(now) + lifetimeSeconds,
      iat: Math.floor(now) - issuedSecondsAgo,
      jti: options.jti,
      ...options.claims,
    },
    times,
  )
  const token = await signJws(header, claims, signing)
  return spec.spoilt ? withTamperedSignature(token) : token
}

interface Signer {
  /** `undefined`: not signed at all. */
  readonly key: KeyObject | Uint8Array | undefined
  readonly header: Readonly<Record<string, unknown>>
}

function signerOf({ spec, key, otherKey }: AssertionOptions): Signer {
  const header = { alg: key.algorithm, kid: key.kid }
  switch (spec.signedWith) {
    case 'unregistered-key':
      return { key: unregisteredKey(key.algorithm), header }
    case 'other-client-key':
      return otherKey
        ? { key: otherKey.key, header: { alg: otherKey.algorithm, kid: otherKey.kid } }
        : { key: key.key, header }
    case 'public-key-as-secret': {
      const pem = createPublicKey(key.key).export({ type: 'spki', format: 'pem' })
      return { key: Buffer.from(pem), header: { ...header, alg: 'HS256' } }
    }
    case 'none':
      return { key: undefined, header: { alg: 'none', kid: key.kid } }
    default:
      return { key: key.key, header }
  }
}

const unregistered = new Map<string, KeyObject>()

/** A key that no authorization server knows; one of each algorithm serves a process, since RSA keys take long to make. */
function unregisteredKey(algorithm: SigningKey['algorithm']): KeyObject {
  const key = unregistered.get(algorithm) ?? freshKey(algorithm)
  unregistered.set(algorithm, key)
  return key
}

/** A new key for an algorithm. */
export function freshKey(algorithm: SigningKey['algorithm']): KeyObject {
  return algorithm === 'ES384'
    ? generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
    : generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey
}

async function signJws(header: Record<string, unknown>, claims: object, key: Signer['key']): Promise<string> {
  const payload = Buffer.from(JSON.stringify(claims))
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload.toString('base64url')}`
  if (key === undefined) return `${input}.`
  try {
    return await new CompactSign(payload).setProtectedHeader(header as { alg: string }).sign(key)
  } catch {
    // jose refuses to sign some headers that probes send: the same key signs these here.
    if (key instanceof Uint8Array) return `${input}.`
    const digest =
      header.alg === undefined || !/(256|512)$/.test(String(header.alg))
        ? 'sha384'
        : `sha${String(header.alg).slice(-3)}`
    return `${input}.${sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }
}

/** The same text with one character of the signature of a JWS, or of the middle of anything else, changed. */
export function withTamperedSignature(token: string): string {
  const signature = token.lastIndexOf('.') + 1
  // Not the last character: its low bits may carry nothing.
  const at = signature + Math.floor((token.length - signature) / 2)
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}

/** A record with a JSON Merge Patch (RFC 7396) applied. */
export function applyMergePatch(
  record: Readonly<Record<string, unknown>>,
  patch: MergePatch | undefined,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...record }
  for (const [name, value] of Object.entries(patch ?? {})) {
    if (value === null) delete result[name]
    else result[name] = value
  }
  return result
}
