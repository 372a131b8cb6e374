import type { RequestCredentials } from '../../model/suite.ts'

/** Requests after an accepted kick-off with bad credentials use the harness's own token. */
export function followUpIdentity(as: RequestCredentials): RequestCredentials {
  return as === 'garbage' || as === 'tampered' || as === 'expired' || as === 'none' ? 'own' : as
}
