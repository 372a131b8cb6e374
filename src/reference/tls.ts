import type { TlsVersion } from './conduct/tls.ts'
import type { Request, Response } from './http-message.ts'
import type { ProviderState } from './provider-state.ts'

/** Versions of TLS, oldest first. */
const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const satisfies readonly TlsVersion[]

/** What a client sees of a handshake that succeeds. */
export interface AcceptedHandshake {
  readonly version: TlsVersion
  /** The host name that the certificate is for. */
  readonly certificateName: string
}

/** The versions that a provider accepts, oldest first; none where it has no TLS. */
export function acceptedVersions({ configuration, conduct }: ProviderState): readonly TlsVersion[] {
  const { tls } = configuration
  return tls ? tlsVersions.filter((it) => conduct.acceptsTls(it, tls.versions)) : []
}

/** A handshake in which a client offers some versions; `undefined` if the provider refuses all of them. */
export function handshakeWith(
  state: ProviderState,
  host: string,
  offered: readonly TlsVersion[],
): AcceptedHandshake | undefined {
  const version = acceptedVersions(state).findLast((it) => offered.includes(it))
  return version && { version, certificateName: state.conduct.certificateName(host) }
}

/** What a provider with TLS does with a request over plain HTTP; `undefined` where it processes it. */
export function plainHttpResponse(
  { configuration, conduct }: ProviderState,
  { url }: Request,
): Response | undefined {
  const { tls } = configuration
  if (!tls || !url.startsWith('http:') || conduct.answersPlainHttp()) return undefined
  return tls.plainHttp === 'redirect'
    ? { status: 308, headers: [['Location', url.replace('http:', 'https:')]] }
    : { status: 0, headers: [], silence: 'reset' }
}
