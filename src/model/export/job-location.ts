import { type HeaderList, header } from '../http/exchange.ts'
import { isSuccess } from '../http/status.ts'
import { resolveUrl } from '../http/url.ts'

/** Where the job of a kick-off can be deleted. */
export interface JobLocation {
  /** Absolute and not masked; never printed. */
  readonly statusUrl: string
  /** Only 202 makes a job of a location that looks like a resource: a DELETE could destroy that resource. */
  readonly isCertain: boolean
}

/** The job that the response to a kick-off at `kickoffUrl` names, whatever its 2XX status; `undefined` if it names none. */
export function jobLocationOf(
  response: { readonly status?: number; readonly headers?: HeaderList; readonly url: string },
  target: { readonly fhirUrl: string; readonly kickoffUrl: string },
): JobLocation | undefined {
  const { status, headers = [], url } = response
  if (!isSuccess(status)) return undefined
  const named = header(headers, 'content-location') ?? header(headers, 'location')
  const statusUrl = named === undefined ? undefined : resolveUrl(named, url)
  // Content-Location may also name the document that the response carries (RFC 9110 section 8.7).
  if (statusUrl === undefined || withoutQuery(statusUrl) === withoutQuery(target.kickoffUrl)) return undefined
  return { statusUrl, isCertain: status === 202 || !isResourceUrl(statusUrl, target.fhirUrl) }
}

function isResourceUrl(url: string, fhirUrl: string): boolean {
  if (!url.startsWith(`${fhirUrl}/`)) return false
  return /^[A-Z][A-Za-z]+\/[^/?#]+(\/_history\/[^/?#]+)?$/.test(url.slice(fhirUrl.length + 1))
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '')
}
