import type { JWK } from 'jose'
import { headerOf, type Response } from '../http-message.ts'
import type { ProviderState } from '../provider-state.ts'
import type { Jwks, SigningClient } from './clients.ts'

/** The registered keys of a client; `undefined` if they cannot be retrieved from the URL that is registered. */
export async function registeredKeys(state: ProviderState, client: SigningClient): Promise<Jwks | undefined> {
  const { jwksUrl } = client
  const { conduct } = state
  if (jwksUrl === undefined || !conduct.usesKeySetUrl()) return client.registered
  const held = state.keySets.get(jwksUrl)
  if (held && held.until > state.now()) return held.keys
  const response = await state.fetchKeySet(conduct.keySetRequest(jwksUrl)).catch(() => undefined)
  const keys = response && keysIn(response)
  if (!response || !keys) return undefined
  const lifetime = conduct.keySetLifetime(headerOf(response, 'cache-control') ?? '')
  state.keySets.set(jwksUrl, { keys, until: state.now() + lifetime * 1000 })
  return keys
}

function keysIn({ status, body }: Response): Jwks | undefined {
  if (status !== 200 || typeof body !== 'string') return undefined
  try {
    const { keys } = JSON.parse(body) as { keys?: unknown }
    return Array.isArray(keys) ? { keys: keys as JWK[] } : undefined
  } catch {
    return undefined
  }
}
