import type { NetworkErrorKind } from '../../model/http/exchange.ts'

/** Why there is no complete response, in our own words. */
export interface NetworkFailure {
  readonly networkError: NetworkErrorKind
  readonly problem: string
}

const tlsCodes =
  /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/

/** Describes a foreign error in our own words; its text is not used, because it may quote what was sent or received. */
export function networkFailure(error: unknown, url: URL): NetworkFailure {
  const code = codeOf(error)
  const peer = url.host
  if (code === 'ERR_PROXY')
    return { networkError: 'refused', problem: `the proxy did not connect to ${peer}` }
  if (code === 'ECONNREFUSED') return { networkError: 'refused', problem: `connection refused by ${peer}` }
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL')
    return { networkError: 'refused', problem: `${peer} cannot be reached` }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL')
    return { networkError: 'dns', problem: `the name ${url.hostname} could not be resolved` }
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return { networkError: 'timeout', problem: `could not connect to ${peer} in time` }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return { networkError: 'timeout', problem: `${peer} stopped responding in the middle of a response` }
  if (tlsCodes.test(code)) return { networkError: 'tls', problem: tlsProblem(code, peer) }
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW')
    return { networkError: 'too-large', problem: `${peer} sent more than 64 KiB of header fields` }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return {
      networkError: 'malformed',
      problem: 'the body is shorter or longer than its Content-Length',
    }
  if (code === 'HPE_INVALID_EOF_STATE')
    return { networkError: 'reset', problem: `${peer} closed the connection in the middle of a response` }
  // undici omits the code of a parser error.
  if (code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError'))
    return { networkError: 'malformed', problem: 'the response is not valid HTTP/1.1' }
  if (code === 'UND_ERR_SOCKET' && /^bad (response|upgrade)$/.test(messageOf(error)))
    return { networkError: 'malformed', problem: `${peer} sent a response that does not match the request` }
  if (code === 'UND_ERR_INVALID_ARG')
    return {
      networkError: 'malformed',
      problem: 'the request has a URL or a header field that HTTP cannot carry',
    }
  return { networkError: 'reset', problem: `${peer} closed the connection before the response was complete` }
}

function tlsProblem(code: string, peer: string): string {
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${peer} has expired`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `the certificate of ${peer} is for another name`
  if (/SELF_SIGNED|UNABLE_TO/.test(code))
    return `the certificate of ${peer} is not signed by a trusted authority; add its CA certificate with --ca`
  return `could not establish a connection to ${peer} with TLS 1.2 or newer (${code})`
}

function codeOf(error: unknown): string {
  const { code, cause, errors } = (error ?? {}) as { code?: unknown; cause?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  return cause === undefined ? '' : codeOf(cause)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
