import { type DecodedAssertion, header, mediaType } from '../../model/http/exchange.ts'
import { isJsonObject } from '../../model/json.ts'
import type { WireRequest } from '../transport/message.ts'

/** The header and the claims of the client assertion that a request of ours carries; `undefined` if it carries none that is a JWT. */
export function decodedAssertion(
  { body = '', headers }: Pick<WireRequest, 'body' | 'headers'>,
  mask: (text: string) => string,
): DecodedAssertion | undefined {
  if (mediaType(header(headers, 'content-type')) !== 'application/x-www-form-urlencoded') return undefined
  const parts = new URLSearchParams(body).get('client_assertion')?.split('.') ?? []
  if (parts.length !== 3) return undefined
  const [decodedHeader, claims] = parts.slice(0, 2).map((it) => decoded(it, mask))
  return decodedHeader && claims ? { header: decodedHeader, claims } : undefined
}

function decoded(part: string, mask: (text: string) => string): DecodedAssertion['claims'] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString(), (_name, it: unknown) =>
      typeof it === 'string' ? mask(it) : it,
    )
    return isJsonObject(value) ? value : undefined
  } catch {
    // Some assertions are not JWTs on purpose.
    return undefined
  }
}
