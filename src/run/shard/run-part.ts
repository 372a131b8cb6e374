import type { Exchange, OutputFile } from '../../model/http/exchange.ts'
import type { FlakyAnswer } from '../../model/http/flaky.ts'
import type { ProbeKey } from '../../model/plan.ts'
import type { ResultFile, ResultProfiles, ResultUncheckedCodes, TestResult } from '../../model/result.ts'
import type { Recording } from '../recording.ts'

/** What a part says of a run. */
export interface RunPart {
  readonly of: 'run'
  readonly suites: string
  /** Name and version of each FHIR package. */
  readonly packages: readonly string[]
  /** Files that this machine downloaded of the exports that are shared. */
  readonly files: Readonly<Record<ProbeKey, readonly OutputFile[]>>
  readonly exchanges: readonly Exchange[]
  readonly flaky: readonly FlakyAnswer[]
  readonly complete: boolean
  readonly warnings: readonly string[]
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number
  /** Of the first machine alone. */
  readonly leader?: LeaderPart
}

/** What the first machine knows besides. */
export interface LeaderPart {
  readonly recording: Recording
  /** Tests that need no file of other machines. */
  readonly decided: readonly TestResult[]
  /** Files that are not shared. */
  readonly judged: readonly ResultFile[]
  readonly profiles: readonly ResultProfiles[]
  readonly uncheckedCodes: readonly ResultUncheckedCodes[]
}
