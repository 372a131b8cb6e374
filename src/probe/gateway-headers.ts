import type { HeaderList } from '../model/http/exchange.ts'
import type { Target } from '../model/target.ts'
import { isTrustedOrigin } from './url-policy.ts'

/** The configured header fields that go with a request: only where the access token may go, and where said to the token endpoint. */
export function gatewayHeaders(
  target: Pick<Target, 'headers' | 'fhirUrl' | 'tokenOrigins'>,
  request: { readonly url: string; readonly headers: HeaderList; readonly client?: object },
): HeaderList {
  const { url, headers, client } = request
  const isTrusted = isTrustedOrigin(url, target)
  const own = new Set(headers.map(([name]) => name.toLowerCase()))
  return (target.headers ?? [])
    .filter((it) => isTrusted || (client && it.atTokenEndpoint))
    .filter((it) => !own.has(it.name.toLowerCase()))
    .map(({ name, value }) => [name, value])
}
