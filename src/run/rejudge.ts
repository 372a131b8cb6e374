import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { OutputFile } from '../model/evidence.ts'
import type { Plan, ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/probe.ts'
import type { Level } from '../model/requirement.ts'
import type { RunResult, TestResult } from '../model/result.ts'
import type { Loaded } from '../suite/load.ts'
import { plan } from '../suite/plan.ts'
import type { Means } from '../output/judging.ts'
import { coresBesides, openMeans } from '../output/means.ts'
import { Unreadable } from '../output/slices.ts'
import { type FilesRead, readAll, readingsOf, readProbe } from './files.ts'
import {
  filesOf,
  judgedFiles,
  profilesSeen,
  sourceOfGathered,
  transactionTimeOf,
  valuesOf,
  wasRead,
} from './perform.ts'
import { type Recording, readRecording } from './recording.ts'
import { caseOf, judgeAll, type RunEvent, words } from './run.ts'

/** What judging a recording needs. */
export interface RejudgeOptions {
  /** File that a run wrote. */
  readonly recording: string
  readonly loaded: Loaded
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
export async function judgeRecording(options: RejudgeOptions): Promise<RunResult> {
  const recording = await readRecording(options.recording)
  const { target } = recording
  const planned = plan(options.loaded, target)
  const evidence = new Map(Object.entries(recording.evidence))
  const picked = new Map(Object.entries(recording.picked))
  const read = new Map<ProbeKey, FilesRead>()
  const source = sourceOfGathered({ evidence, read, picked, groupId: target.groupId }, words)
  const means = openMeans(options.threads ?? coresBesides(), true)
  let tests: readonly TestResult[]
  try {
    if (recording.files !== undefined)
      await readKept({
        ...{ recording, planned, evidence, read, source, means },
        packages: options.packages ?? [],
      })
    const performed = { evidence, read, source, picked }
    tests = judgeAll(
      planned,
      caseOf({ plan: planned, target, exchanges: recording.exchanges, performed }),
      options,
    )
  } finally {
    await means.close()
  }
  return resultOf(recording, { options, planned, evidence, read, tests })
}

/** The result of judging what was recorded. */
export function resultOf(
  recording: Recording,
  it: {
    readonly options: Pick<RejudgeOptions, 'loaded' | 'failOn' | 'warnings' | 'harness'>
    readonly planned: Plan
    readonly evidence: ReadonlyMap<ProbeKey, Evidence>
    readonly read: ReadonlyMap<ProbeKey, FilesRead>
    readonly tests: readonly TestResult[]
  },
): RunResult {
  const { options, planned, evidence, read, tests } = it
  const { target } = recording
  return {
    version: 1,
    run: randomUUID(),
    harness: options.harness,
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
    files: judgedFiles({ evidence, read }),
    ...profilesSeen(planned, { read }),
  }
}

async function readKept(it: {
  readonly recording: Recording
  readonly planned: Plan
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  readonly read: Map<ProbeKey, FilesRead>
  readonly source: ReturnType<typeof sourceOfGathered>
  readonly means: Means
  readonly packages: readonly string[]
}): Promise<void> {
  const { recording, planned, evidence, read, source, means, packages } = it
  const readings = readingsOf(planned, words.checks, words.picks)
  const bytesOf = (file: OutputFile) => ({
    path: join(recording.files ?? '', `${file.exchange}.ndjson`),
    to: file.bytes,
  })
  for (const probe of planned.probes) {
    const brought = evidence.get(probe.key)
    if (!brought || !wasRead(brought) || !(readings.indexed.has(probe.key) || readings.lines.has(probe.key)))
      continue
    const time = transactionTimeOf(brought)
    const reading = readProbe({
      probe,
      readings,
      source,
      target: recording.target,
      means,
      packages,
      checks: words.checks,
      values: valuesOf(new Map(Object.entries(recording.picked))),
      ...(time === undefined ? {} : { transactionTime: time }),
    })
    try {
      read.set(probe.key, await readAll(reading, filesOf(brought), bytesOf))
    } catch (error) {
      // The folder was moved or emptied: tests on these lines come out inconclusive, which says so.
      if (!(error instanceof Unreadable)) throw error
    }
  }
}
