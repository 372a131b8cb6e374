import { type HeaderList, header } from '../../model/http/exchange.ts'

const longest = 200

/** `error_description` of an OAuth error, in the body (RFC 6749 section 5.2) or in WWW-Authenticate (RFC 6750 section 3), cut at 200 characters; not masked. */
export function errorDescription(
  { status, headers }: { readonly status: number; readonly headers: HeaderList },
  body: string | undefined,
): string | undefined {
  if (status < 400 || status >= 500) return undefined
  const challenge = header(headers, 'www-authenticate') ?? ''
  const text = inBody(body) ?? /error_description\s*=\s*"([^"]*)"/i.exec(challenge)?.[1]
  return text === undefined || text === '' ? undefined : text.slice(0, longest)
}

function inBody(body: string | undefined): string | undefined {
  try {
    const value: unknown = JSON.parse(body ?? '')
    const text = (value as { error_description?: unknown } | null)?.error_description
    return typeof text === 'string' ? text : undefined
  } catch {
    // Without JSON it describes nothing.
    return undefined
  }
}
