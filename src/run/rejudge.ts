import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { OutputFile } from '../model/evidence.ts'
import type { Plan, ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/probe.ts'
import type { Level } from '../model/requirement.ts'
import type { RunResult } from '../model/result.ts'
import type { Loaded } from '../suite/load.ts'
import { plan } from '../suite/plan.ts'
import { type FilesRead, readingsOf, readProbe } from './files.ts'
import { filesOf, judgedFiles, sourceOf, valuesOf, wasRead } from './perform.ts'
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
}

/** Judges a recorded run again with the suites as they are now; nothing is sent. Lines are judged if the output files were kept. */
export async function judgeRecording(options: RejudgeOptions): Promise<RunResult> {
  const recording = await readRecording(options.recording)
  const { target } = recording
  const planned = plan(options.loaded, target)
  const evidence = new Map(Object.entries(recording.evidence))
  const picked = new Map(Object.entries(recording.picked))
  const read = new Map<ProbeKey, FilesRead>()
  const source = sourceOf({
    evidence,
    read,
    picked,
    picks: words.picks,
    conceal: () => undefined,
    groupId: target.groupId,
  })
  if (recording.files !== undefined) await readKept({ recording, planned, evidence, read, source })
  const given = caseOf({
    plan: planned,
    target,
    exchanges: recording.exchanges,
    performed: { evidence, read, source, picked },
  })
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
    tests: judgeAll(planned, given, options),
    exchanges: recording.exchanges,
    files: judgedFiles({ evidence, read }),
  }
}

async function readKept(it: {
  readonly recording: Recording
  readonly planned: Plan
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  readonly read: Map<ProbeKey, FilesRead>
  readonly source: ReturnType<typeof sourceOf>
}): Promise<void> {
  const { recording, planned, evidence, read, source } = it
  const readings = readingsOf(planned, words.checks, words.picks)
  const bytes = (file: OutputFile) => createReadStream(join(recording.files ?? '', `${file.exchange}.ndjson`))
  for (const probe of planned.probes) {
    const brought = evidence.get(probe.key)
    const files = brought ? filesOf(brought) : []
    if (!brought || !wasRead(brought) || !(readings.indexed.has(probe.key) || readings.lines.has(probe.key)))
      continue
    const reading = {
      probe,
      files,
      read: bytes,
      readings,
      source,
      target: recording.target,
      checks: words.checks,
      values: valuesOf(new Map(Object.entries(recording.picked))),
    }
    const time =
      brought?.probe === 'export' && 'manifest' in brought.export
        ? brought.export.manifest?.transactionTime
        : undefined
    try {
      read.set(probe.key, await readProbe({ ...reading, ...(time ? { transactionTime: time } : {}) }))
    } catch {
      // The folder was moved or emptied: tests on these lines come out inconclusive, which says so.
    }
  }
}
