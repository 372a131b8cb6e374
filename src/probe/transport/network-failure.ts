import type { NetworkErrorKind } from '../../model/http/exchange.ts'
import type { PolicyStop } from '../../model/http/policy-stop.ts'

/** Why there is no complete response: in our own words, or as data what bulkcheck would not do. */
export type NetworkFailure =
  | { readonly networkError: Exclude<NetworkErrorKind, 'forbidden'>; readonly problem: string }
  | { readonly networkError: 'forbidden'; readonly stop: PolicyStop; readonly problem?: never }

const tlsCodes =
  /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/

/** Describes a foreign error in our own words; its text is not used, because it may quote what was sent or received. */
export function networkFailure(error: unknown, url: URL): NetworkFailure {
  const code = codeOf(error)
  const peer = url.host
  if (code === 'ERR_PRIVATE_ADDRESS')
    return { networkError: 'forbidden', stop: { kind: 'private-address', origin: url.origin } }
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

/** What is wrong with the TLS of a peer, and whose mistake it probably is. */
function tlsProblem(code: string, peer: string): string {
  const certificate = `the certificate of ${peer}`
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `${certificate}, or one above it, has expired: the server has to renew it, unless the clock of this machine is wrong`
    case 'CERT_NOT_YET_VALID':
      return `${certificate} is not valid yet: check the clock of this machine, then the certificate`
    case 'CERT_REVOKED':
      return `${certificate} was revoked: the server has to replace it`
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return `${certificate} is for another host name: the URL names the wrong host, or the server has the wrong certificate`
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `${certificate} is self-signed: if that is intended, --ca names a file with it`
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return `${certificate} is signed by a private authority: --ca names a file with its root certificate`
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `${certificate} is signed by an authority that this machine does not know, and the server does not send the intermediate certificate: the server has to send the whole chain, or --ca names a file with the missing ones`
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `${certificate} is signed by an authority that this machine does not know: --ca names a file with its certificate`
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `${peer} does not speak TLS 1.2 or newer: perhaps the URL has to begin with http://, or names the wrong port (${code})`
    default:
      return tlsProblemByPattern(code, peer)
  }
}

function tlsProblemByPattern(code: string, peer: string): string {
  if (/CERTIFICATE_REQUIRED|BAD_CERTIFICATE/.test(code))
    return `${peer} requires a certificate of its clients (${code})`
  if (/SELF_SIGNED|UNABLE_TO|INVALID_CA|^CERT_/.test(code))
    return `the chain of certificates of ${peer} cannot be verified (${code}): the server has to correct it, or --ca names a file with its authority`
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
