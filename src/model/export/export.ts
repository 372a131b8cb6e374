import type { Exchange, FileKind, OutputFile } from '../http/exchange.ts'
import type { Shard } from './shard.ts'
import type { ExportLevel } from '../target.ts'

/** The kick-off request as sent, not masked; never printed. */
export interface Kickoff {
  readonly level: ExportLevel
  readonly method: 'GET' | 'POST'
  /** Including the query. */
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
  /** As the manifest gives it. */
  readonly fileSize?: unknown
  /** Absolute URL of the file in which the last block of this one goes on. */
  readonly continuesIn?: string
}

/** A manifest, read leniently: invalid members are left out. Checks read the body of the response itself. */
export interface Manifest {
  readonly transactionTime?: string
  readonly requiresAccessToken?: boolean
  readonly items: readonly ManifestItem[]
  /** `output` is an empty list: the manifest states that the export has no output files. */
  readonly emptyOutput?: true
  /** Absolute URL of the manifest with further files. */
  readonly next?: string
}

/** How far an export can be taken, in order. */
export const exportDepths = ['kickoff', 'completion', 'files'] as const

/** How far an export is taken. */
export type ExportDepth = (typeof exportDepths)[number]

/** How far an export is taken, and in which way. */
export interface ExportIntent {
  readonly upTo: ExportDepth
  /** The status is requested again after completion. */
  readonly again: boolean
  readonly polling: 'polite' | { readonly burst: number }
  /** This machine downloads its share of the files; the other machines download the others, and no machine deletes the job. */
  readonly share?: Shard
  readonly delete?: 'running' | 'complete' | 'twice'
}

/** The evidence of an accepted export so far. */
export interface AcceptedExport {
  readonly kickoff: Exchange
  /** Absolute and not masked; never printed. */
  readonly statusUrl: string
  /** Every status request in order: in progress, throttled, and the one that ended the export. */
  readonly polls: readonly Exchange[]
  /** Files that a manifest listed while the job was in progress, and that were downloaded at once. */
  readonly earlyFiles?: readonly EarlyFile[]
}

/** A file that was downloaded while the job was in progress. */
export interface EarlyFile {
  /** Absolute and not masked; never printed. */
  readonly url: string
  readonly file: OutputFile
}

/** The evidence of a complete export. */
export interface CompletedExport extends AcceptedExport {
  readonly completion: Exchange
  /** The status request after completion. */
  readonly completionAgain?: Exchange
  /** The manifests that the manifest links to, each by the one before. */
  readonly pages?: readonly Exchange[]
  /** Their URLs, absolute and not masked; never printed. */
  readonly pageUrls?: readonly string[]
  /** With the files of all pages. */
  readonly manifest: Manifest
  readonly files: readonly OutputFile[]
}

/** The evidence of a deletion. */
interface Deletion {
  readonly deletion: Exchange
  readonly secondDeletion?: Exchange
  /** Status requests after the deletion, until a 404 or the end of the grace period. */
  readonly afterDeletion: readonly Exchange[]
}

/** Why the harness did not wait for an export any longer. */
export type OverdueCause =
  | { readonly limit: 'polls'; readonly polls: number }
  | { readonly limit: 'time'; readonly seconds: number }
  /** The time that the whole run had was over. */
  | { readonly limit: 'run'; readonly seconds: number }
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
      /** A 200 response whose body is neither a manifest nor an OperationOutcome: the server meant it as the manifest. */
      readonly malformedManifest?: true
    } & AcceptedExport)
  | ({ readonly state: 'overdue'; readonly overdue: OverdueCause } & AcceptedExport)
  | ({ readonly state: 'complete' } & CompletedExport)
  | ({ readonly state: 'deleted' } & Deletion &
      AcceptedExport &
      Partial<Pick<CompletedExport, 'completion' | 'manifest' | 'files'>>)
