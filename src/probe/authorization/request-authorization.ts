import type { RequestCredentials } from '../../model/suite.ts'
import type { ProbeContext } from '../context.ts'

/** Requests after an accepted kick-off with bad credentials use the harness's own token. */
export function followUpIdentity(as: RequestCredentials): RequestCredentials {
  return as === 'garbage' || as === 'tampered' || as === 'expired' || as === 'none' ? 'own' : as
}

/**
 * The value of the Authorization header. Without a token the request is sent without it: the response shows the consequence.
 * If the server is not the cause, the request is not sent.
 */
export async function authorizationFor(
  { tokens }: ProbeContext,
  as: RequestCredentials,
): Promise<{ readonly authorization?: string; readonly withheld?: string }> {
  const credentials = await tokens.credentials(as)
  if (!('reason' in credentials)) return credentials
  return credentials.withheld === undefined ? {} : { withheld: credentials.withheld }
}
