import { type Exchange, header } from '../../model/http/exchange.ts'

/** A member of the JSON object in a response body; `undefined` without one. */
export function memberOf({ response }: Exchange, name: string): unknown {
  try {
    const value: unknown = JSON.parse(response?.body ?? '')
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined
  } catch {
    // Without JSON it has no members.
    return undefined
  }
}

/**
 * How a response refuses by the means of its protocol: the code of an OAuth error, that of the first issue of an OperationOutcome, or
 * the error in WWW-Authenticate of a 401 (RFC 6750), which may be empty. `undefined`: it has none of these forms.
 */
export function refusalCode(exchange: Exchange): string | undefined {
  const error = memberOf(exchange, 'error')
  if (typeof error === 'string' && error !== '') return error
  if (memberOf(exchange, 'resourceType') === 'OperationOutcome') {
    const issue: unknown = memberOf(exchange, 'issue')
    const code = Array.isArray(issue) ? (issue[0] as { code?: unknown } | undefined)?.code : undefined
    return typeof code === 'string' ? code : undefined
  }
  const { response } = exchange
  const challenge = response?.status === 401 ? header(response.headers, 'www-authenticate') : undefined
  if (challenge === undefined || response?.bytes !== 0) return undefined
  return /error\s*=\s*"([^"]*)"/i.exec(challenge)?.[1] ?? ''
}
