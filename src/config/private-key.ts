import { type JsonWebKey, type KeyObject, createPrivateKey } from 'node:crypto'
import { isJsonObject, type JsonObject } from '../model/json.ts'
import { joinNames } from '../model/spelling.ts'

/** A private key as a JWK, or what is wrong: a sentence without key material. */
export type KeyResult = { readonly key: object } | { readonly problem: string }

type Jwk = JsonWebKey & {
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly key_ops?: readonly string[]
}

const acceptedKeys =
  'SMART Backend Services signs with ES384 (EC, curve P-384) or RS384 (RSA, at least 2048 bits)'

/** Reads a private key from the text of a JWK, a JWK Set or a PEM file; `from` names the text in messages, `kid` selects or names the key. */
export function readPrivateKey(text: string, from: string, kid?: string): KeyResult {
  const trimmed = text.trim()
  if (trimmed === '') return { problem: `${from} is empty` }
  if (trimmed.startsWith('{')) return fromJson(trimmed, from, kid)
  if (trimmed.includes('-----BEGIN ')) return fromPem(trimmed, from, kid)
  return { problem: `${from} contains no key: it is not a JWK, a JWK Set or PEM` }
}

function fromPem(pem: string, from: string, kid?: string): KeyResult {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1] ?? ''
  if (label === 'ENCRYPTED PRIVATE KEY' || /Proc-Type: *4,ENCRYPTED/.test(pem))
    return {
      problem: `${from} is encrypted; decrypt it first, for example with \`openssl pkcs8 -in KEY -out DECRYPTED\``,
    }
  if (label.endsWith('PUBLIC KEY')) return { problem: `${from} contains a public key; use the private key` }
  if (label.endsWith('CERTIFICATE')) return { problem: `${from} contains a certificate; use the private key` }
  if (label === 'OPENSSH PRIVATE KEY')
    return {
      problem: `${from} is in OpenSSH format; convert it with \`ssh-keygen -p -m PKCS8 -f KEY\``,
    }
  const key = importKey(() => createPrivateKey(pem))
  if (!key) return { problem: `${from} is not a readable PEM private key (${label || 'no label'})` }
  const problem = algorithmProblem(key)
  if (problem) return { problem: `${from} ${problem}` }
  return { key: { ...key.export({ format: 'jwk' }), ...(kid ? { kid } : {}) } }
}

function fromJson(text: string, from: string, kid?: string): KeyResult {
  const value = parseObject(text)
  if (!value) return { problem: `${from} is not JSON` }
  if (!('keys' in value)) return fromJwk(value as Jwk, from, kid)
  const keys = Array.isArray(value.keys) ? (value.keys as unknown[]).filter(isJsonObject) : []
  if (keys.length === 0) return { problem: `${from} is a JWK Set without keys` }
  return fromSet(keys as Jwk[], from, kid)
}

function fromSet(keys: readonly Jwk[], from: string, kid?: string): KeyResult {
  const chosen = kid === undefined ? keys : keys.filter((it) => it.kid === kid)
  if (chosen.length === 0) {
    const kids = keys.flatMap((it) => (typeof it.kid === 'string' ? [it.kid] : []))
    return {
      problem: `${from} has no key with the kid \`${kid}\`; ${kids.length > 0 ? `it has ${joinNames(kids, 'and')}` : 'none of its keys has a kid'}`,
    }
  }
  const read = chosen.map((it) => fromJwk(it, it.kid ? `${from}, key \`${it.kid}\`,` : from))
  const problems = read.flatMap((it) => ('problem' in it ? [it.problem] : []))
  return read.find((it) => 'key' in it) ?? { problem: [...new Set(problems)].join('; ') }
}

function fromJwk(jwk: Jwk, from: string, kid?: string): KeyResult {
  if (typeof jwk.kty !== 'string') return { problem: `${from} is not a JWK: it has no \`kty\`` }
  if (jwk.kty !== 'EC' && jwk.kty !== 'RSA')
    return { problem: `${from} is a key of type ${oneWord(jwk.kty)}; ${acceptedKeys}` }
  if (jwk.d === undefined) return { problem: `${from} contains a public key; use the private key` }
  const key = importKey(() => createPrivateKey({ key: jwk, format: 'jwk' }))
  if (!key) return { problem: `${from} is not a valid ${jwk.kty} key` }
  const problem = algorithmProblem(key) ?? declaredUseProblem(jwk)
  if (problem) return { problem: `${from} ${problem}` }
  if (kid !== undefined && jwk.kid !== undefined && jwk.kid !== kid)
    return { problem: `${from} has the kid \`${oneWord(jwk.kid)}\`, not \`${kid}\`` }
  return { key: { ...jwk, ...(kid ? { kid } : {}) } }
}

/** Why a key cannot sign as SMART Backend Services requires. */
function algorithmProblem(key: KeyObject): string | undefined {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'ec')
    return namedCurve === 'secp384r1'
      ? undefined
      : `is an EC key on the curve ${curves[namedCurve ?? ''] ?? namedCurve}; ${acceptedKeys}`
  if (key.asymmetricKeyType === 'rsa')
    return (modulusLength ?? 0) >= 2048
      ? undefined
      : `is an RSA key of ${modulusLength} bits; ${acceptedKeys}`
  return `is a key of type ${key.asymmetricKeyType}; ${acceptedKeys}`
}

const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp521r1: 'P-521' }

/** Why the members of a JWK forbid its use for signing. */
function declaredUseProblem(jwk: Jwk): string | undefined {
  const alg = jwk.kty === 'EC' ? 'ES384' : 'RS384'
  if (jwk.alg !== undefined && jwk.alg !== alg)
    return `has \`alg\` ${oneWord(jwk.alg)} instead of ${alg}; ${acceptedKeys}`
  if (jwk.use !== undefined && jwk.use !== 'sig') return `has \`use\` ${oneWord(jwk.use)} instead of sig`
  if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes('sign')) return 'has `key_ops` without `sign`'
  return undefined
}

function importKey(make: () => KeyObject): KeyObject | undefined {
  try {
    return make()
  } catch {
    // The error of OpenSSL does not help, and may quote the key.
    return undefined
  }
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    // The message of a parser quotes the text, which is a key.
    return undefined
  }
}

/** A short word as it is, anything else hidden: the field may contain key material. */
function oneWord(value: unknown): string {
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value) ? value : 'something else'
}
