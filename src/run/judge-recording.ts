import { join } from 'node:path'
import type { OutputFile } from '../model/http/exchange.ts'
import type { Level } from '../model/requirement.ts'
import type { RunResult } from '../model/result.ts'
import { openJudgeEnvironment, spareCores } from '../output/judge-environment.ts'
import { UnreadableFileError } from '../output/byte-source.ts'
import type { LoadedSuites } from '../suite/load.ts'
import { plan } from '../suite/planning/plan.ts'
import { hasFilesToRead, outputFilesOf } from './evidence-files.ts'
import { type Judging, judgeTests, openJudging } from './judging.ts'
import type { KnownFailing } from './known-failing.ts'
import { narrowJudging } from './features/find-features.ts'
import { readAllFiles } from './probe-files.ts'
import { type Recording, recordedPlanOptions, recordedSearch } from './recording.ts'
import { positionsOf, renumberExchanges } from './renumber-exchanges.ts'
import type { RunEvent } from './journal/run-event.ts'
import { scopeOf, selectionOf } from './result-scope.ts'
import { runResultOf } from './run-result.ts'
import { packageNamesOf } from './tested-setting.ts'

/** What judging a recording needs. */
export interface JudgeRecordingOptions {
  readonly recording: Recording
  readonly loaded: LoadedSuites
  readonly failOn: Level
  readonly knownFailing: readonly KnownFailing[]
  /** The file that they come from, as given. */
  readonly knownFailingFile?: string
  readonly warnings: readonly string[]
  readonly harness: string
  readonly notify?: (event: RunEvent) => void
  /** Paths of FHIR packages; resources are validated against their profiles. */
  readonly packages?: readonly string[]
  /** How many threads judge output files; default: one for each core except this thread's. */
  readonly threads?: number
}

/** Judges a recorded run again with the suites as they are now; nothing is sent. Lines are judged if the output files were kept. */
export async function judgeRecording(options: JudgeRecordingOptions): Promise<RunResult> {
  const { recording, loaded, harness, failOn, notify } = options
  const { target, exchanges, complete, jobs, flaky = [], startedAt, durationMs } = recording
  const warnings = [...recording.warnings, ...options.warnings]
  const whole = plan(loaded, target)
  const planned = plan(loaded, target, recordedPlanOptions(recording))
  const environment = openJudgeEnvironment(options.threads ?? spareCores(), true)
  const features = recordedSearch(recording)
  const gathered = openJudging({
    ...{ plan: planned, target, environment, packages: options.packages ?? [] },
    evidence: Object.entries(recording.evidence),
    picked: new Map(Object.entries(recording.picked)),
    preflight: recording.preflight ?? [],
  })
  const judging = narrowJudging(gathered, features)
  try {
    // The run has also read what showed that a feature is not offered.
    if (recording.files !== undefined) await readKeptFiles(gathered, recording.files, keptNamesIn(recording))
    const tests = judgeTests(judging, {
      ...{ exchanges, knownFailing: options.knownFailing },
      onJudged: (test) => notify?.({ kind: 'test', test }),
    })
    const result = runResultOf(judging, {
      ...{ harness, complete, jobs, flaky, failOn, warnings, startedAt, durationMs, tests, exchanges },
      scope: scopeOf(
        'run',
        judging.plan,
        selectionOf(planned, whole, { patterns: recording.only ?? [], own: loaded.own }),
      ),
      suites: { sha256: loaded.sha256 },
      packageNames: await packageNamesOf(options.packages),
      knownFailingFile: options.knownFailingFile,
      features,
      ...(recording.showsDiagnostics ? { showsDiagnostics: true as const } : {}),
    })
    return renumberExchanges(result)
  } finally {
    await environment.close()
  }
}

/** The number in the name of a kept file: the end of a run renames them. */
function keptNamesIn({ filesAreRenamed, exchanges }: Recording): (exchange: number) => number {
  return filesAreRenamed ? positionsOf(exchanges) : (exchange) => exchange
}

/** Reads the output files that a run has left in a folder, each under the number of its exchange. */
async function readKeptFiles(
  judging: Judging,
  folder: string,
  numberOf: (exchange: number) => number,
): Promise<void> {
  const bytesOf = (file: OutputFile) => ({
    path: join(folder, `${numberOf(file.exchange)}.ndjson`),
    to: file.bytes,
  })
  for (const probe of judging.plan.probes) {
    const brought = judging.evidence.get(probe.key)
    if (!brought || !hasFilesToRead(brought) || !judging.isRead(probe.key)) continue
    const reader = judging.openReader(probe)
    try {
      judging.files.set(probe.key, await readAllFiles(reader, outputFilesOf(brought), bytesOf))
    } catch (error) {
      // The folder was moved or emptied: tests on these lines come out inconclusive, which says so.
      if (!(error instanceof UnreadableFileError)) throw error
    }
  }
}
