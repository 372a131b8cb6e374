import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { OutputFile } from '../model/http/exchange.ts'
import type { Plan, ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Level } from '../model/requirement.ts'
import type { ResultScope, RunResult, TestResult } from '../model/result.ts'
import type { LoadedSuites } from '../suite/load.ts'
import { plan } from '../suite/planning/plan.ts'
import type { JudgeEnvironment } from '../output/file-judge.ts'
import { spareCores, openJudgeEnvironment } from '../output/judge-environment.ts'
import { UnreadableFileError } from '../output/judge-slice.ts'
import { type ProbeFilesResult, readAllFiles, fileReadPlanOf, openProbeFilesReader } from './probe-files.ts'
import {
  outputFilesOf,
  resultFilesOf,
  resultProfilesOf,
  recordedValueSource,
  transactionTimeOf,
  pickedValuesOf,
  hasFilesToRead,
} from './perform-plan.ts'
import { type Recording, readRecording } from './recording.ts'
import { scopeOf } from './result-scope.ts'
import { judgeInputOf, judgeTests, type RunEvent, vocabularyIndex } from './run.ts'

/** What judging a recording needs. */
export interface JudgeRecordingOptions {
  /** File that a run wrote. */
  readonly recording: string
  readonly loaded: LoadedSuites
  readonly failOn: Level
  readonly knownFailing: readonly string[]
  readonly warnings: readonly string[]
  readonly harness: string
  readonly notify?: (event: RunEvent) => void
  /** Paths of FHIR packages whose profiles resources are held against. */
  readonly packages?: readonly string[]
  /** How many threads judge output files; one for each core but this one's unless given. */
  readonly threads?: number
}

/** Judges a recorded run again with the suites as they are now; nothing is sent. Lines are judged if the output files were kept. */
export async function judgeRecording(options: JudgeRecordingOptions): Promise<RunResult> {
  const recording = await readRecording(options.recording)
  const { target } = recording
  const planned = plan(options.loaded, target)
  const evidence = new Map(Object.entries(recording.evidence))
  const picked = new Map(Object.entries(recording.picked))
  const read = new Map<ProbeKey, ProbeFilesResult>()
  const source = recordedValueSource({ evidence, read, picked, groupId: target.groupId }, vocabularyIndex)
  const means = openJudgeEnvironment(options.threads ?? spareCores(), true)
  let tests: readonly TestResult[]
  try {
    if (recording.files !== undefined)
      await readKeptFiles({
        ...{ recording, planned, evidence, read, source, means },
        packages: options.packages ?? [],
      })
    const performed = { evidence, files: read, source, picked }
    tests = judgeTests(
      planned,
      judgeInputOf({ plan: planned, target, exchanges: recording.exchanges, performed }),
      options,
    )
  } finally {
    await means.close()
  }
  return recordingResult(recording, { options, planned, evidence, read, tests })
}

/** The result of judging what was recorded. */
export function recordingResult(
  recording: Recording,
  it: {
    readonly options: Pick<JudgeRecordingOptions, 'loaded' | 'failOn' | 'warnings' | 'harness'>
    readonly planned: Plan
    readonly evidence: ReadonlyMap<ProbeKey, Evidence>
    readonly read: ReadonlyMap<ProbeKey, ProbeFilesResult>
    readonly tests: readonly TestResult[]
    readonly selection?: ResultScope['selection']
  },
): RunResult {
  const { options, planned, evidence, read, tests } = it
  const { target } = recording
  return {
    version: 2,
    run: randomUUID(),
    harness: options.harness,
    scope: scopeOf('run', planned, it.selection),
    complete: recording.complete,
    jobs: recording.jobs,
    suites: { sha256: options.loaded.sha256 },
    target: { name: target.name, fhirUrl: target.fhirUrl, ig: target.ig },
    failOn: options.failOn,
    warnings: options.warnings,
    startedAt: recording.startedAt,
    durationMs: recording.durationMs,
    tests,
    exchanges: recording.exchanges,
    files: resultFilesOf({ evidence, files: read }),
    ...resultProfilesOf(planned, { files: read }),
  }
}

async function readKeptFiles(it: {
  readonly recording: Recording
  readonly planned: Plan
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  readonly read: Map<ProbeKey, ProbeFilesResult>
  readonly source: ReturnType<typeof recordedValueSource>
  readonly means: JudgeEnvironment
  readonly packages: readonly string[]
}): Promise<void> {
  const { recording, planned, evidence, read, source, means, packages } = it
  const readings = fileReadPlanOf(planned, vocabularyIndex.checks, vocabularyIndex.picks)
  const bytesOf = (file: OutputFile) => ({
    path: join(recording.files ?? '', `${file.exchange}.ndjson`),
    to: file.bytes,
  })
  for (const probe of planned.probes) {
    const brought = evidence.get(probe.key)
    if (
      !brought ||
      !hasFilesToRead(brought) ||
      !(readings.indexedProbes.has(probe.key) || readings.lineClaims.has(probe.key))
    )
      continue
    const time = transactionTimeOf(brought)
    const reading = openProbeFilesReader({
      probe,
      readings,
      source,
      target: recording.target,
      means,
      packages,
      checks: vocabularyIndex.checks,
      values: pickedValuesOf(new Map(Object.entries(recording.picked))),
      ...(time === undefined ? {} : { transactionTime: time }),
    })
    try {
      read.set(probe.key, await readAllFiles(reading, outputFilesOf(brought), bytesOf))
    } catch (error) {
      // The folder was moved or emptied: tests on these lines come out inconclusive, which says so.
      if (!(error instanceof UnreadableFileError)) throw error
    }
  }
}
