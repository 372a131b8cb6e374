import type { RequestCredentials } from '../../model/suite.ts'
import type { ProbeContext } from '../context.ts'

/** What follows a kick-off with bad credentials that was accepted nevertheless is done with the own token. */
export function followUpIdentity(as: RequestCredentials): RequestCredentials {
  return as === 'garbage' || as === 'tampered' || as === 'expired' || as === 'none' ? 'own' : as
}

/**
 * The value of Authorization. Where the server gives no token the request is sent without: the response shows the consequence.
 * Where the server is not to blame it is not sent.
 */
export async function authorizationFor(
  { tokens }: ProbeContext,
  as: RequestCredentials,
): Promise<{ readonly authorization?: string; readonly withheld?: string }> {
  const credentials = await tokens.credentials(as)
  if (!('reason' in credentials)) return credentials
  return credentials.withheld === undefined ? {} : { withheld: credentials.withheld }
}
