import type { CredentialState, ProtectedEndpoint } from '../conduct/authorization.ts'
import { carriesBasic } from '../gateway.ts'
import { headerLines, type Response } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'
import { parseScopes, type Permission } from './scopes.ts'
import type { RequestContext, Grant } from '../provider-state.ts'

const everything = parseScopes('system/*.rs')

/** The grant of every request to an open server. */
export const anonymousGrant: Grant = {
  clientId: 'anonymous',
  scopes: everything,
  expiresAt: Number.POSITIVE_INFINITY,
  anonymous: true,
}

function presentedCredential({ state, request, now }: RequestContext): {
  readonly credential: CredentialState
  readonly grant?: Grant
} {
  const lines = headerLines(request, 'authorization')
  if (lines.length === 0) return { credential: 'none' }
  const [, scheme = '', value = ''] = /^(\S*) *(.*)$/.exec(lines.join(', ')) ?? []
  if (!state.conduct.isTokenScheme(scheme)) return { credential: 'other-scheme' }
  const [token] = /^[\w.~+/-]+=*$/.exec(value) ?? []
  if (token === undefined) return { credential: 'malformed' }
  const grant = state.grants.get(token)
  if (!grant) return { credential: 'unknown' }
  return { credential: grant.expiresAt > now ? 'valid' : 'expired', grant }
}

/** The grant of a request, or why it is refused (RFC 6750 section 3). */
export function authorize(call: RequestContext, endpoint: ProtectedEndpoint): Grant | Response {
  const { state, answer } = call
  if (!state.authorization) return anonymousGrant
  const basic = state.configuration.gateway?.basic
  if (basic) return carriesBasic(call.request, basic) ? anonymousGrant : basicWanted(call, endpoint)
  const { credential, grant } = presentedCredential(call)
  if (state.conduct.admitsCredential(credential, endpoint, call.request.url)) return grant ?? anonymousGrant
  const [challenge, diagnostics] =
    credential === 'none'
      ? ['Bearer', 'The request has no access token in its Authorization header.']
      : [
          'Bearer error="invalid_token"',
          credential === 'expired'
            ? 'The access token has expired.'
            : 'The Authorization header has no access token of this server.',
        ]
  const response = refusal(401, { code: credential === 'expired' ? 'expired' : 'login', diagnostics }, [
    ['WWW-Authenticate', challenge],
  ])
  return answer('access.refused', response, { endpoint })
}

function basicWanted({ answer }: RequestContext, endpoint: ProtectedEndpoint): Response {
  const response = refusal(
    401,
    { code: 'login', diagnostics: 'The request carries no valid user and password.' },
    [['WWW-Authenticate', 'Basic realm="fhir"']],
  )
  return answer('access.refused', response, { endpoint })
}

/** The refusal of a type that a grant does not cover: 403 (RFC 6750 section 3.1). */
export function insufficientScope(call: RequestContext, type: string, endpoint: ProtectedEndpoint): Response {
  const response = refusal(
    403,
    { code: 'forbidden', diagnostics: `The scope of the access token does not cover ${type}.` },
    [['WWW-Authenticate', 'Bearer error="insufficient_scope"']],
  )
  return call.answer('access.refused', response, { endpoint })
}

/** The first of the types that the grant does not cover. */
export function uncoveredType(
  { state }: RequestContext,
  grant: Grant,
  about: {
    readonly types: readonly string[]
    readonly permissions: readonly Permission[]
    readonly endpoint: ProtectedEndpoint | 'selection'
  },
): string | undefined {
  const { permissions, endpoint } = about
  return about.types.find((type) => !state.conduct.scopesCover(grant.scopes, { type, permissions }, endpoint))
}
