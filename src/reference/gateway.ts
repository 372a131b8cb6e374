import { headerOf, jsonResponse, type Request, type Response } from './http-message.ts'
import type { RequestContext } from './provider-state.ts'

/** A gateway's refusal of a request that lacks something. */
export function gatewayRefusal({ state, request }: RequestContext): Response | undefined {
  const { header } = state.configuration.gateway ?? {}
  return header === undefined || headerOf(request, header.name) === header.value
    ? undefined
    : jsonResponse(401, { message: 'The request carries no valid subscription key.' })
}

/** A token request as the authorization server behind the gateway receives it, or why it does not arrive. */
export function throughTokenGateway({ state, request, answer }: RequestContext): Request | Response {
  const { tokenBasic, tokenFields = {} } = state.configuration.gateway ?? {}
  const refused = (status: number, error: string, description: string) =>
    answer(
      'token.refused',
      jsonResponse(status, { error, error_description: description }, [
        ['Cache-Control', 'no-store'],
        ...(status === 401 ? ([['WWW-Authenticate', 'Basic realm="gateway"']] as const) : []),
      ]),
    )
  if (tokenBasic && !carriesBasic(request, tokenBasic))
    return refused(401, 'invalid_client', 'The gateway asks for HTTP Basic.')
  const form = new URLSearchParams(request.body ?? '')
  const lacking = Object.entries(tokenFields).find(([name, value]) => !form.getAll(name).includes(value))
  if (lacking) return refused(400, 'invalid_request', `The request has no ${lacking[0]}, or another one.`)
  return tokenBasic
    ? { ...request, headers: request.headers.filter(([name]) => name.toLowerCase() !== 'authorization') }
    : request
}

/** Whether a request has the user and the password in its Authorization header (RFC 7617). */
export function carriesBasic(
  request: Request,
  { user, password }: { readonly user: string; readonly password: string },
): boolean {
  const [, encoded] = /^Basic +(\S+)$/i.exec(headerOf(request, 'authorization') ?? '') ?? []
  return encoded !== undefined && Buffer.from(encoded, 'base64').toString('utf8') === `${user}:${password}`
}

/** What an assertion lacks, as the authorization server behind a gateway sees it. */
export function unmetClaim(
  { state, now }: RequestContext,
  claims: Readonly<Record<string, unknown>>,
): string | undefined {
  const { claims: wanted = {}, iat } = state.configuration.gateway ?? {}
  if (iat && !(typeof claims.iat === 'number' && claims.iat <= now / 1000)) return 'iat is missing or ahead'
  const name = Object.keys(wanted).find((it) => claims[it] !== wanted[it])
  return name === undefined ? undefined : `${name} is missing or has another value`
}
