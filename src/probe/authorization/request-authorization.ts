import type { RequestCredentials } from '../../model/suite.ts'

const wrong: ReadonlySet<RequestCredentials> = new Set([
  'none',
  'garbage',
  'tampered',
  'wrong-scheme',
  'unknown-user',
  'expired',
])

/** Requests after an accepted kick-off with bad credentials use the harness's own token. */
export function followUpIdentity(as: RequestCredentials): RequestCredentials {
  return wrong.has(as) ? 'own' : as
}
