import type { Exchange, HeaderList, OutputFile } from '../http/exchange.ts'
import type { Limits } from '../target.ts'
import type { ListedFile } from './early-file.ts'
import type { Export, ExportIntent, Manifest, ManifestItem } from './export.ts'
import type { WireFormat } from './wire-format.ts'

/** The next action of an export. Pauses are in milliseconds. */
export type ExportAction =
  | { readonly do: 'kick-off' }
  | { readonly do: 'poll'; readonly url: string; readonly afterMs: number }
  | { readonly do: 'ask-again'; readonly url: string }
  | { readonly do: 'download'; readonly item: ManifestItem; readonly number: number }
  | ({ readonly do: 'download-early' } & ListedFile)
  | { readonly do: 'next-page'; readonly url: string; readonly afterMs: number }
  | { readonly do: 'delete'; readonly url: string }
  | { readonly do: 'delete-again'; readonly url: string }
  | { readonly do: 'poll-deleted'; readonly url: string; readonly afterMs: number }

/** The result of an action: the exchange as recorded, and the unmasked response, which is never printed. */
export interface ActionOutcome {
  readonly exchange: Exchange
  /** URL of the last hop. */
  readonly url: string
  readonly headers?: HeaderList
  readonly body?: string
  /** The manifest, where the body was read as it came. */
  readonly manifest?: Manifest
  readonly file?: OutputFile
  /** Time of arrival, in milliseconds since 1970. */
  readonly at: number
}

/** An export in progress, and the state of its client besides the evidence. Times are in milliseconds since 1970. */
export interface ExportFlow {
  readonly export: Export
  readonly intent: ExportIntent
  readonly limits: Limits
  /** The list of files with messages in its manifest. */
  readonly messages: WireFormat['messages']
  /** Time by which the export must be complete. */
  readonly deadline: number
  /** Wait before the next status request, in milliseconds. */
  readonly pauseMs: number
  /** The last pause that the harness chose itself; 0 after a Retry-After. */
  readonly backOffMs: number
  /** Number of consecutive status requests without a response. */
  readonly unanswered: number
  /** Time until which a deleted export may still exist; set by the deletion. */
  readonly goneBy: number
  /** A file that is downloaded before the next status request. */
  readonly early?: ListedFile
  /** Positions of the files that this machine downloads, if others download the rest. */
  readonly positions?: readonly number[]
  /** What was downloaded; the export has it once nothing more will be. */
  readonly downloaded?: DownloadedFiles
  readonly now: number
}

/** Downloaded files, the last one and those before it: a list would be copied for every file. */
export interface DownloadedFiles {
  readonly file: OutputFile
  readonly before: DownloadedFiles | undefined
  readonly count: number
}
