import { randomBytes } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { ProviderConfiguration } from '../conduct/configurations.ts'

/** A JWK Set. */
export interface Jwks {
  readonly keys: readonly JWK[]
}

/** A client that signs its assertions. */
export interface SigningClient {
  readonly clientId: string
  /** All scopes that it may request, space-delimited. */
  readonly scope: string
  /** Private keys, each with `kid` and `alg`. */
  readonly jwks: Jwks
  /** The public keys that are registered. */
  readonly registered: Jwks
  /** The URL that is registered in place of the keys. */
  readonly jwksUrl?: string
}

/** A client with a secret. */
interface SecretClient {
  readonly clientId: string
  readonly scope: string
  readonly secret: string
}

/** A registered client. */
export type RegisteredClient = SigningClient | SecretClient

/** The registered clients, with their secrets. */
export interface RegisteredClients {
  readonly own: SigningClient
  readonly other: SigningClient
  readonly secret: SecretClient
}

/** Key material of the registered clients; missing keys are generated once per process. */
export interface ClientKeys {
  readonly own?: Jwks
  readonly other?: Jwks
  readonly secret?: string
}

const algorithms = ['ES384', 'RS384']

async function generateJwks(): Promise<Jwks> {
  const keys = algorithms.map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = await exportJWK(privateKey)
    return { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) }
  })
  return { keys: await Promise.all(keys) }
}

let generated: Promise<Required<ClientKeys>> | undefined

/** New keys, an ES384 and an RS384 one for each signing client; the same ones during the life of a process. */
function generateKeys(): Promise<Required<ClientKeys>> {
  generated ??= Promise.all([generateJwks(), generateJwks()]).then(([own, other]) => ({
    own,
    other,
    secret: randomBytes(24).toString('base64url'),
  }))
  return generated
}

const complete = new WeakMap<Jwks, Promise<Jwks>>()

function withKids(jwks: Jwks): Promise<Jwks> {
  const known = complete.get(jwks)
  if (known) return known
  const made = Promise.all(
    jwks.keys.map(async (jwk) => ({
      ...jwk,
      alg: jwk.alg ?? (jwk.kty === 'RSA' ? 'RS384' : 'ES384'),
      kid: jwk.kid ?? (await calculateJwkThumbprint(jwk)),
    })),
  ).then((keys) => ({ keys }))
  complete.set(jwks, made)
  return made
}

const halves = new WeakMap<JWK, JWK>()

/** The public half of a key; the same object each time. */
function publicHalf(jwk: JWK): JWK {
  const known = halves.get(jwk)
  if (known) return known
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, oth: _oth, key_ops: _ops, ...half } = jwk
  halves.set(jwk, half)
  return half
}

function publicJwks(jwks: Jwks): Jwks {
  return { keys: jwks.keys.map(publicHalf) }
}

const imported = new WeakMap<JWK, Map<string, Promise<CryptoKey | Uint8Array>>>()

/** A public key, imported for an algorithm once. */
export function importedKey(jwk: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
  const byAlg = imported.get(jwk) ?? new Map<string, Promise<CryptoKey | Uint8Array>>()
  imported.set(jwk, byAlg)
  const key = byAlg.get(alg) ?? importJWK(jwk, alg)
  byAlg.set(alg, key)
  return key
}

function firstOfAlgorithm(keys: Jwks['keys'], algorithm: string): Jwks['keys'] {
  return [...keys.filter(({ alg }) => alg === algorithm), ...keys.filter(({ alg }) => alg !== algorithm)]
}

/** The clients as they are registered under a configuration. */
export async function registerClients(
  keys: ClientKeys,
  configuration: ProviderConfiguration,
): Promise<RegisteredClients> {
  const fresh = keys.own && keys.other && keys.secret !== undefined ? undefined : await generateKeys()
  const material = { ...fresh, ...keys } as Required<ClientKeys>
  const [ownKeys, other] = await Promise.all([withKids(material.own), withKids(material.other)])
  const own = { keys: firstOfAlgorithm(ownKeys.keys, configuration.clientKey) }
  return {
    own: {
      clientId: 'bulkcheck',
      scope: configuration.scope,
      jwks: own,
      registered: publicJwks(own),
      ...(configuration.jwksUrl === undefined ? {} : { jwksUrl: configuration.jwksUrl }),
    },
    other: {
      clientId: 'bulkcheck-other',
      scope: configuration.otherScope,
      jwks: other,
      registered: publicJwks(other),
    },
    secret: { clientId: 'bulkcheck-secret', scope: configuration.scope, secret: material.secret },
  }
}
