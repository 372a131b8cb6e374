/** What the handshakes with one host offer, one after the other: the versions that must be refused, and those of which one must be accepted. */
export const tlsOffers = ['TLS 1.0 and 1.1', 'TLS 1.2', 'TLS 1.3'] as const

/** The versions that the client of a handshake offers. */
export type TlsOffer = (typeof tlsOffers)[number]

/** Why a certificate convinces no client, or that it convinces those that know its authority. */
export type CertificateTrust =
  | 'trusted'
  | 'other-name'
  | 'expired'
  | 'not-yet-valid'
  | 'unknown-authority'
  | 'other-flaw'

/** One TLS handshake as the client sees it; nothing is sent over the connection. */
export interface Handshake {
  readonly offers: TlsOffer
  /** Absent if the server did not complete the handshake. */
  readonly accepted?: {
    /** The version that the server chose, as `TLS 1.2`. */
    readonly version: string
    readonly cipher: string
    readonly certificate: {
      /** Host names and addresses that it is for. */
      readonly names: readonly string[]
      /** ISO 8601, UTC. */
      readonly validUntil: string
      readonly trust: CertificateTrust
    }
  }
  /** The alert with which the server ended the handshake, as `protocol version`. */
  readonly alert?: string
}
