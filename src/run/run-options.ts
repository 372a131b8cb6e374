import type { Clock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import type { Level } from '../model/requirement.ts'
import type { ResultScope, RunResult, TestResult } from '../model/result.ts'
import type { KnownSecrets } from '../model/secrets/known-secrets.ts'
import type { Target } from '../model/target.ts'
import type { openJudgeEnvironment } from '../output/judge-environment.ts'
import type { FeatureSearch } from './features/find-features.ts'
import type { Judging } from './judging.ts'
import type { KnownFailing } from './known-failing.ts'
import type { KeySetHost } from '../probe/key-set-host.ts'
import type { Session } from '../probe/session.ts'
import type { Transport } from '../probe/transport/message.ts'
import type { RunEvent } from './journal/run-event.ts'

/** A run of which all tests have been judged. */
export interface JudgedRun {
  readonly options: RunOptions
  readonly judging: Judging
  readonly session: Session
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly features?: FeatureSearch | undefined
  readonly tests: readonly TestResult[]
}

/** What a run needs. */
export interface RunOptions {
  readonly plan: Plan
  readonly target: Target
  readonly transport: Transport
  readonly clock: Clock
  /** Hosts the JWK Set of a client that is registered by URL. */
  readonly keySetHost?: KeySetHost
  /** Random bytes, for `jti` and the like; default: node:crypto. */
  readonly random?: (bytes: number) => Uint8Array
  readonly suites: { readonly sha256: string }
  readonly failOn: Level
  /** Entries of the known-failing file. */
  readonly knownFailing: readonly KnownFailing[]
  /** The file that they come from, as given. */
  readonly knownFailingFile?: string
  /** A proxy connects to the server. */
  readonly isProxied?: true | undefined
  readonly warnings: readonly string[]
  readonly harness: string
  /** How the plan was narrowed; absent if it has every test. */
  readonly selection?: ResultScope['selection']
  /** How many exports may be under way at the same time; 1 unless given. */
  readonly concurrency?: number
  /** After so many milliseconds nothing more is begun; absent: no limit. */
  readonly maxTimeMs?: number
  readonly signal?: AbortSignal
  readonly notify?: (event: RunEvent) => void
  /** Folder in which downloaded files are left. */
  readonly keep?: string
  readonly showDiagnostics?: boolean
  /** What is secret; what the run learns is added, so that whoever writes its result can hide it. */
  readonly secrets?: KnownSecrets
  /** File to which the run writes what happens, as it happens. */
  readonly journal?: string
  /** Called once if the journal cannot be written. */
  readonly onJournalLost?: () => void
  /** The server ends with this process, and so do its jobs. */
  readonly ownServer?: true
  /** File to which what is needed to judge again is written as it happens. */
  readonly recording?: string
  /** Called when all tests have been judged and the files that they read are still there. */
  readonly onJudged?: (run: JudgedRun) => void
  /** Called at the end if the recording is whole. */
  readonly onRecorded?: () => void
  /** Called with the result when everything is judged, before the jobs that are left are deleted. */
  readonly onConcluded?: (result: RunResult) => Promise<void>
  /** Paths of FHIR packages; resources are validated against their profiles. */
  readonly packages?: readonly string[]
  /** How many threads judge output files; default: one for each core except this thread's. */
  readonly threads?: number
  /** Opens what judging works with, for so many threads; `openJudgeEnvironment` unless given. */
  readonly openEnvironment?: typeof openJudgeEnvironment
}
