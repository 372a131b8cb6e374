/** A version of TLS. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

/** TLS as a provider should have it. */
export const modernTls = { versions: ['TLSv1.2', 'TLSv1.3'], plainHttp: 'refused' } as const

/** Decisions about connections to a provider that has TLS. */
export interface TlsConduct {
  /** Whether a handshake with a version succeeds; `configured` are those of the configuration. */
  acceptsTls(version: TlsVersion, configured: readonly TlsVersion[]): boolean
  /** Whether requests over plain HTTP are processed like those over TLS. */
  answersPlainHttp(): boolean
  /** The host name that the certificate is for, of a host that a client connects to. */
  certificateName(host: string): string
}

/** Decides as the guide requires: TLS 1.2 or newer, nothing over plain HTTP. */
export const honestTls: TlsConduct = {
  acceptsTls: (version, configured) => configured.includes(version),
  answersPlainHttp: () => false,
  certificateName: (host) => host,
}
