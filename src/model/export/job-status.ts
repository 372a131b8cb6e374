import { type Exchange, type HeaderList, header, headerValues } from '../http/exchange.ts'

/**
 * The status of a job by a status response: the code in X-Export-Status of a 200 response, which a server sends if it honors the preference
 * `separate-export-status`, and otherwise the status of the response itself.
 */
export function jobStatus(status: number | undefined, headers: HeaderList): number | undefined {
  const separate = status === 200 ? /^\s*([1-5]\d\d)\b/.exec(header(headers, 'x-export-status') ?? '') : null
  return separate ? Number(separate[1]) : status
}

/** The status of a job by a recorded status response. */
export function recordedJobStatus({ response }: Exchange): number | undefined {
  return response && jobStatus(response.status, response.headers)
}

/** Whether a kick-off response says that the server honors the preference `separate-export-status` (RFC 7240 section 3). */
export function honorsSeparateStatus({ response }: Exchange): boolean {
  return headerValues(response?.headers ?? [], 'preference-applied').some((it) =>
    /(^|,)\s*separate-export-status\s*(,|$)/i.test(it),
  )
}
