import type { RequestCredentials } from '../../model/suite.ts'
import type { BasicAuthorization, ClientSecret, Target, UserPassword } from '../../model/target.ts'
import type { Masker } from '../masking/text.ts'

/** Adds every secret of the target's settings to those that are masked. */
export function rememberSecrets(target: Target, masker: Masker): void {
  for (const it of target.headers ?? []) if (it.isSecret) masker.addSecret(it.value)
  for (const it of [target.authorization, target.otherClient]) {
    if (it === undefined || it.kind === 'none') continue
    if (it.kind === 'bearer') masker.addSecret(it.token)
    else if (it.kind === 'basic') rememberUserPassword(it, masker)
    else for (const field of it.tokenFields ?? []) if (field.isSecret) masker.addSecret(field.value)
    if (it.kind === 'client-secret')
      for (const value of [it.secret, basicCredentials(it)]) masker.addSecret(value)
    if (it.kind !== 'backend-services') continue
    if (it.tokenBasic) rememberUserPassword(it.tokenBasic, masker)
    rememberKey(it.key, masker)
  }
}

/** Names of header fields and of form fields whose configured values are masked, however short they are. */
export function hiddenNamesOf({ headers = [], authorization, otherClient }: Target): readonly string[] {
  const fields = [authorization, otherClient].flatMap((it) =>
    it?.kind === 'backend-services' || it?.kind === 'client-secret' ? (it.tokenFields ?? []) : [],
  )
  return [...headers, ...fields.filter((it) => it.isSecret)].map((it) => it.name)
}

/** Adds the private parts of a JWK or JWK Set to what is masked. */
export function rememberKey(key: object, masker: Masker): void {
  const { keys } = key as { keys?: unknown }
  for (const jwk of (Array.isArray(keys) ? keys : [key]) as Record<string, unknown>[])
    for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi'])
      if (typeof jwk[part] === 'string') masker.addSecret(jwk[part])
}

function rememberUserPassword(it: UserPassword, masker: Masker): void {
  for (const value of [it.password, userPassword(it)]) masker.addSecret(value)
}

/** A user and a password as HTTP Basic sends them (RFC 7617 section 2): UTF-8 in Base64. */
export function userPassword({ user, password }: UserPassword): string {
  return Buffer.from(`${user}:${password}`).toString('base64')
}

/** Credentials for HTTP Basic (RFC 6749 section 2.3.1): both parts are form-encoded before they are joined. */
export function basicCredentials({ clientId, secret }: ClientSecret): string {
  const form = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
  return Buffer.from(`${form(clientId)}:${form(secret)}`).toString('base64')
}

/** The user and password of whoever is authorized by them. */
export function basicFor(
  { authorization, otherClient }: Target,
  as: RequestCredentials,
): BasicAuthorization | undefined {
  const by =
    as === 'other-client'
      ? otherClient
      : as === 'own' || as === 'writer' || as === 'tampered'
        ? authorization
        : undefined
  return by?.kind === 'basic' ? by : undefined
}

/** The same value, which nothing shows from now on. */
export function rememberSecret(value: string, masker: Masker): string {
  masker.addSecret(value)
  return value
}
