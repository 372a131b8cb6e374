import type { HeaderList } from '../../model/http/exchange.ts'
import type { Handshake, TlsOffer } from '../../model/http/handshake.ts'
import type { NetworkFailure } from './network-failure.ts'

/** Takes the bytes of a body as they arrive, and copies what it keeps: their memory is reused. It cannot pause the body. */
export interface ByteSink {
  write(chunk: Uint8Array): void
}

/** One HTTP request as it is sent: nothing in it is masked. */
export interface WireRequest {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
  /** For everything, from the connection to the last byte. */
  readonly timeoutMs: number
  /** Most bytes of a body, on the wire as well as decoded. */
  readonly maxBytes: number
  /** Where body bytes go; absent: memory. */
  readonly sink?: ByteSink
  readonly signal?: AbortSignal
  /** A download, which may use a connection again. */
  readonly keepAlive?: boolean
}

/** A complete response, or why there is none. */
export type WireResponse =
  | {
      readonly status: number
      readonly headers: HeaderList
      /** How the end of the body was known: `none` means by the end of the connection alone. */
      readonly framing: 'length' | 'chunked' | 'none'
      /** Decoded; empty when it went to the sink. */
      readonly body: Uint8Array
      /** Length of the decoded body. */
      readonly bytes: number
      /** SHA-256 of the decoded body, hex; absent when it went to the sink. */
      readonly digest?: string
    }
  | NetworkFailure

/** A TLS handshake with the host of a URL. */
export interface HandshakeRequest {
  readonly url: string
  readonly offers: TlsOffer
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** A handshake, and why the server did not complete it. */
export interface HandshakeOutcome {
  readonly handshake: Handshake
  readonly failure?: NetworkFailure
}

/** Performs one request: undici for a target, in process for the kill matrix. Never rejects and never follows redirects. */
export interface Transport {
  (request: WireRequest): Promise<WireResponse>
  /** Absent where there are no connections of which TLS could be seen. Never rejects. */
  readonly handshake?: (request: HandshakeRequest) => Promise<HandshakeOutcome>
}
