import type { OutputFile } from '../../model/http/exchange.ts'
import type { ProbeKey } from '../../model/plan.ts'
import type { Shard } from '../../model/export/shard.ts'
import type { Session } from '../../probe/session.ts'
import type { Judging } from '../judging.ts'
import type { PerformPlanOptions } from '../performing/perform-options.ts'
import type { ProbeFilesReader } from '../probe-files.ts'
import type { RunOptions } from '../run-options.ts'
import type { LeaderPart } from './run-part.ts'
import type { ShardPlan } from './shard-plan.ts'

/** What a run on one of several machines needs. */
export interface RunShardOptions extends RunOptions {
  readonly shard: Shard
  /** The file in which the first machine lists the exports to download. */
  readonly manifest: string
  /** The file for the results of this machine. */
  readonly part: string
  /** Version of bulkcheck. */
  readonly version: string
  /** Called when this machine starts to wait for the first one. */
  readonly onWait?: () => void
}

/** What a machine has done of a run. */
export interface ShardOutcome {
  readonly run: string
  readonly files: ReadonlyMap<ProbeKey, readonly OutputFile[]>
  readonly openReaders: ReadonlyMap<ProbeKey, ProbeFilesReader>
  /** Completes it after the session is closed. */
  readonly leader?: () => LeaderPart
}

/** What doing it takes. */
export interface ShardContext {
  readonly options: RunShardOptions
  readonly session: Session
  readonly judging: Judging
  readonly shardPlan: ShardPlan
  /** Digest of what was asked for. */
  readonly planDigest: string
  readonly startedAt: number
  /** A probe is about to be performed. */
  readonly onProbe: PerformPlanOptions['notify']
}
