import type { ClientSecret, Target } from '../../model/target.ts'
import type { Masker } from '../masking/text.ts'

/** Adds every secret of the configured clients to those that are masked. */
export function rememberSecrets(target: Target, masker: Masker): void {
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

/** Credentials for HTTP Basic (RFC 6749 section 2.3.1): both parts are form-encoded before they are joined. */
export function basicCredentials({ clientId, secret }: ClientSecret): string {
  const form = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
  return Buffer.from(`${form(clientId)}:${form(secret)}`).toString('base64')
}
