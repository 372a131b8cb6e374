import type { RequestCredentials } from '../../model/suite.ts'

/** What follows a kick-off with bad credentials that was accepted nevertheless is done with the own token. */
export function followUpIdentity(as: RequestCredentials): RequestCredentials {
  return as === 'garbage' || as === 'tampered' || as === 'expired' || as === 'none' ? 'own' : as
}
