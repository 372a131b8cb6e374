import type { Exchange, FileKind, OutputFile } from '../http/exchange.ts'
import type { Shard } from './shard.ts'
import type { ExportLevel } from '../target.ts'

/** The kick-off request as it was sent, before anything was masked; never printed. */
export interface Kickoff {
  readonly level: ExportLevel
  readonly method: 'GET' | 'POST'
  /** With its query. */
  readonly url: string
  /** Names and values as sent, in order. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
}

/** One file in a manifest, read leniently. */
export interface ManifestItem {
  readonly kind: FileKind
  readonly url: string
  readonly type?: string
  readonly count?: unknown
}

/** A manifest, read leniently: what is not as it must be is left out, and the checks see the body itself. */
export interface Manifest {
  readonly transactionTime?: string
  readonly requiresAccessToken?: boolean
  readonly items: readonly ManifestItem[]
  /** `output` is an empty list: the export has no output files, and says so. */
  readonly emptyOutput?: true
}

/** How far an export can be taken, each further than the one before. */
export const exportDepths = ['kickoff', 'completion', 'files'] as const

/** How far an export is taken. */
export type ExportDepth = (typeof exportDepths)[number]

/** How far an export is taken, and how. */
export interface ExportIntent {
  readonly upTo: ExportDepth
  /** The complete status is asked for a second time. */
  readonly again: boolean
  readonly polling: 'polite' | { readonly burst: number }
  /** Other machines download the other files, and delete nothing either. */
  readonly share?: Shard
  readonly delete?: 'running' | 'complete' | 'twice'
}

/** What an accepted export has gathered so far. */
export interface AcceptedExport {
  readonly kickoff: Exchange
  /** Live and absolute; not masked, never printed. */
  readonly statusUrl: string
  /** Every status request, in order: in-progress, throttled, the one that ended it. */
  readonly polls: readonly Exchange[]
}

/** What a complete export has gathered. */
export interface CompletedExport extends AcceptedExport {
  readonly completion: Exchange
  /** The status asked for again after completion. */
  readonly completionAgain?: Exchange
  readonly manifest: Manifest
  readonly files: readonly OutputFile[]
}

/** What a deletion has gathered. */
interface Deletion {
  readonly deletion: Exchange
  readonly secondDeletion?: Exchange
  /** Status requests after the deletion, until 404 or the grace was over. */
  readonly afterDeletion: readonly Exchange[]
}

/** Why the harness did not wait for an export any longer. */
export type OverdueCause =
  | { readonly limit: 'polls'; readonly polls: number }
  | { readonly limit: 'time'; readonly seconds: number }
  /** The next status request was due in `dueIn` seconds, when `left` were left of the time for an export. */
  | { readonly limit: 'retry-after'; readonly dueIn: number; readonly left: number }

/** A Bulk Data export as its client sees it: what has become of it, and the evidence for that. */
export type Export =
  | { readonly state: 'requested' }
  | { readonly state: 'refused'; readonly kickoff: Exchange }
  | ({ readonly state: 'in-progress' } & AcceptedExport)
  | ({
      readonly state: 'failed'
      readonly completion: Exchange
      /** A success that holds neither a manifest nor an OperationOutcome: whatever it holds was meant as the manifest. */
      readonly malformedManifest?: true
    } & AcceptedExport)
  | ({ readonly state: 'overdue'; readonly overdue: OverdueCause } & AcceptedExport)
  | ({ readonly state: 'complete' } & CompletedExport)
  | ({ readonly state: 'deleted' } & Deletion &
      AcceptedExport &
      Partial<Pick<CompletedExport, 'completion' | 'manifest' | 'files'>>)
