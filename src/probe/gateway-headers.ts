import type { Target } from '../model/target.ts'
import type { HttpRequest } from './http-client.ts'
import { isTrustedOrigin } from './url-policy.ts'

/** The configured header fields that go with a request: only where the access token may go, and where said to the token endpoint. */
export function gatewayHeaders(
  target: Pick<Target, 'headers' | 'fhirUrl' | 'tokenOrigins'>,
  { url, headers, isTokenRequest }: Pick<HttpRequest, 'url' | 'headers' | 'isTokenRequest'>,
): HttpRequest['headers'] {
  const isTrusted = isTrustedOrigin(url, target)
  const own = new Set(headers.map(([name]) => name.toLowerCase()))
  return (target.headers ?? [])
    .filter((it) => isTrusted || (isTokenRequest && it.atTokenEndpoint))
    .filter((it) => !own.has(it.name.toLowerCase()))
    .map(({ name, value }) => [name, value])
}
