import type { AttachmentContent } from './fhir/attachment.ts'
import type { Exchange, OutputFile } from './http/exchange.ts'
import type { Export, Kickoff, Manifest } from './export/export.ts'
import type { Reason } from './reason.ts'

/** How a request that writes a resource ended. */
export interface WriteOutcome {
  /** The last response: to the request itself, or to a status request. */
  readonly exchange: Exchange
  /** The status that it gives the write; absent: it is still under way, or its end is unknown. */
  readonly status?: number
  /** Live URL of the resource that it created. */
  readonly created?: string
}

/** The evidence of a probe. */
export type Evidence =
  | {
      readonly probe: 'request'
      readonly exchanges: readonly Exchange[]
      readonly file?: OutputFile
      /** What an attachment that was requested contains. */
      readonly content?: AttachmentContent
      /** The first identifier of the resource that was read, as a search has it; never printed. */
      readonly identifier?: string
      /** How a request that writes a resource ended. */
      readonly write?: WriteOutcome
    }
  /** `keySetRequests`: what the authorization server requested of the hosted JWK Set meanwhile. */
  | {
      readonly probe: 'token'
      readonly exchanges: readonly Exchange[]
      readonly keySetRequests?: readonly Exchange[]
    }
  /** One exchange for each handshake with the hosts in question; `plain` is the request over HTTP beside. */
  | {
      readonly probe: 'connection'
      readonly exchanges: readonly Exchange[]
      readonly plain?: Exchange
      /** Why no TLS is expected where there are no exchanges. */
      readonly withoutTls?: Reason
    }
  | { readonly probe: 'export'; readonly sent: Kickoff; readonly export: Export }
  /** Files of a complete export without its exchanges; `manifest` is absent if only the files are known. */
  | { readonly probe: 'files'; readonly manifest?: Manifest; readonly files: readonly OutputFile[] }
  /** Never performed. */
  | { readonly probe: 'none'; readonly reason: Reason }

/** What an export brought back. */
export type ExportEvidence = Evidence & { readonly probe: 'export' }
