import type { Exchange, OutputFile } from './http/exchange.ts'
import type { Export, Kickoff } from './export/export.ts'
import type { Reason } from './reason.ts'

/** What a probe brought back. */
export type Evidence =
  | { readonly probe: 'request'; readonly exchanges: readonly Exchange[]; readonly file?: OutputFile }
  | { readonly probe: 'token'; readonly exchanges: readonly Exchange[] }
  | { readonly probe: 'export'; readonly sent: Kickoff; readonly export: Export }
  /** Never performed. */
  | { readonly probe: 'none'; readonly reason: Reason }
