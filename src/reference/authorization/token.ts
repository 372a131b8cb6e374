import { randomBytes, timingSafeEqual } from 'node:crypto'
import { clientOfAssertion, type AuthenticationFailure } from './assertion.ts'
import type { ProviderConfiguration } from '../conduct/configurations.ts'
import type { RegisteredClient } from './clients.ts'
import { headerLines, headerOf, jsonResponse, type Headers, type Response } from '../http-message.ts'
import { parseScopes, spellScope } from './scopes.ts'
import type { RequestContext } from '../provider-state.ts'

/** Error codes of RFC 6749 section 5.2. */
type OAuthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'

/** For how long an expired token is distinguished from one that never existed, in ms. */
const expiredTokenMemory = 3_600_000

const noStoreHeaders: Headers = [
  ['Cache-Control', 'no-store'],
  ['Pragma', 'no-cache'],
]

function refuse(
  { answer }: RequestContext,
  error: OAuthError,
  about: { readonly description: string; readonly status?: number; readonly headers?: Headers },
): Response {
  const { description, status = 400, headers = [] } = about
  return answer(
    'token.refused',
    jsonResponse(status, { error, error_description: description }, [...noStoreHeaders, ...headers]),
  )
}

/** POST to the token endpoint (RFC 6749 sections 4.4 and 5, RFC 7523, SMART Backend Services). */
export async function handleTokenRequest(call: RequestContext): Promise<Response> {
  const { state, request } = call
  if (request.method !== 'POST')
    return refuse(call, 'invalid_request', {
      description: 'Access tokens are requested by POST.',
      status: 405,
      headers: [['Allow', 'POST']],
    })
  if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(headerOf(request, 'content-type') ?? ''))
    return refuse(call, 'invalid_request', {
      description: 'The Content-Type is not application/x-www-form-urlencoded.',
    })
  const form = new URLSearchParams(request.body ?? '')
  const twice = [...form.keys()].find((name) => form.getAll(name).length > 1)
  if (twice !== undefined)
    return refuse(call, 'invalid_request', { description: 'A parameter occurs more than once.' })
  const grantType = form.get('grant_type')
  if (grantType === null) return refuse(call, 'invalid_request', { description: 'grant_type is missing.' })
  if (!state.conduct.acceptsGrantType(grantType))
    return refuse(call, 'unsupported_grant_type', { description: 'grant_type is not client_credentials.' })
  const client = await authenticated(call, form)
  if ('status' in client) return client
  return granted(call, client, form.get('scope') ?? state.conduct.defaultScope(client))
}

/** The client that a request authenticates, or the refusal: invalid_client, and 401 if it came by HTTP Basic. */
async function authenticated(
  call: RequestContext,
  form: URLSearchParams,
): Promise<RegisteredClient | Response> {
  const { state, request } = call
  const basic = headerLines(request, 'authorization')
  const assertion = form.get('client_assertion')
  const type = form.get('client_assertion_type')
  const secret = form.get('client_secret')
  const asserts = assertion !== null || type !== null
  if ([basic.length > 0, asserts, secret !== null].filter(Boolean).length > 1)
    return refuse(call, 'invalid_request', { description: 'The client authenticates in more than one way.' })
  const refused = ({ because }: AuthenticationFailure) =>
    refuse(call, 'invalid_client', {
      description: because,
      ...(basic.length > 0 ? { status: 401, headers: [['WWW-Authenticate', 'Basic realm="token"']] } : {}),
    })
  if (type !== null && !state.conduct.acceptsAssertionType(type))
    return refused({ because: 'client_assertion_type is not that of a JWT bearer assertion.' })
  if (assertion !== null) {
    if (type === null) return refused({ because: 'client_assertion_type is missing.' })
    const client = await clientOfAssertion(call, assertion, form.get('client_id') ?? undefined)
    return 'because' in client ? refused(client) : client
  }
  const known =
    basic.length > 0
      ? clientBySecret(call, ...credentialsOf(basic))
      : secret === null
        ? undefined
        : clientBySecret(call, form.get('client_id') ?? '', secret)
  const client =
    known ??
    (basic.length > 0 || secret !== null ? undefined : state.conduct.unauthenticatedClient(state.clients))
  return (
    client ??
    refused({ because: asserts ? 'client_assertion is missing.' : 'The client is not authenticated.' })
  )
}

/** Client id and secret of an HTTP Basic header, which are form-encoded (RFC 6749 section 2.3.1). */
function credentialsOf(lines: readonly string[]): [clientId: string, secret: string] {
  const [, encoded = ''] = /^Basic +([\w+/-]+=*)$/i.exec(lines.join(', ')) ?? []
  const [clientId = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s)
  const decoded = new URLSearchParams(`id=${clientId}&secret=${secret}`)
  return [decoded.get('id') ?? '', decoded.get('secret') ?? '']
}

function clientBySecret(
  { state }: RequestContext,
  clientId: string,
  secret: string,
): RegisteredClient | undefined {
  const client = state.clients.secret
  const [given, own] = [Buffer.from(secret), Buffer.from(client.secret)]
  const right = given.length === own.length && timingSafeEqual(given, own)
  return right && clientId === client.clientId ? client : undefined
}

function granted(call: RequestContext, client: RegisteredClient, asked: string | undefined): Response {
  const { state, answer, now } = call
  if (asked === undefined || asked.trim() === '')
    return refuse(call, 'invalid_scope', { description: 'scope is missing.' })
  const requested = asked.split(' ').flatMap((each) => state.conduct.parsesScope(each) ?? [])
  const scopes = state.conduct.grantsScopes(
    requested,
    parseScopes(allowedScope(state.configuration, client.scope)),
  )
  if (scopes.length === 0)
    return refuse(call, 'invalid_scope', {
      description: 'The client is not authorized for any of the requested scopes.',
    })
  const value = randomBytes(32).toString('base64url')
  const { tokenLifetime: lifetime, tokenRefusedAfter } = state.configuration
  const accepted = tokenRefusedAfter > 0 ? Math.min(lifetime, tokenRefusedAfter) : lifetime
  for (const [old, { expiresAt }] of state.grants)
    if (expiresAt < now - expiredTokenMemory) state.grants.delete(old)
  state.grants.set(value, { clientId: client.clientId, scopes, expiresAt: now + accepted * 1000 })
  return answer(
    'token.granted',
    jsonResponse(
      200,
      {
        access_token: value,
        token_type: 'bearer',
        expires_in: lifetime,
        scope: scopes.map(spellScope).join(' '),
      },
      noStoreHeaders,
    ),
  )
}

/** All that a client may request: whoever may create Groups need not always ask for it. */
function allowedScope({ groupWrites }: ProviderConfiguration, scope: string): string {
  return groupWrites ? `${scope} system/Group.cruds` : scope
}
