import type { OutputFile } from '../../model/http/exchange.ts'
import type { Plan, ProbeKey } from '../../model/plan.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { ResultProfiles, RunResult, TestResult } from '../../model/result.ts'
import type { JudgeEnvironment } from '../../output/file-judge.ts'
import { plan } from '../../suite/planning/plan.ts'
import {
  type ProbeFilesResult,
  type ProbeFilesReader,
  fileReadPlanOf,
  openProbeFilesReader,
} from '../probe-files.ts'
import { isKnownFailing } from '../known-failing.ts'
import { type ShardPart, PartError, type PartProbeFiles } from './part-file.ts'
import { recordedValueSource, transactionTimeOf } from '../perform-plan.ts'
import { type JudgeRecordingOptions, recordingResult } from '../judge-recording.ts'
import { selectionOf } from '../result-scope.ts'
import { renumberExchanges } from './renumber-exchanges.ts'
import { judgeInputOf, judgeTests, vocabularyIndex } from '../run.ts'
import type { LeaderPart, RunPart } from './run-shard.ts'
import { shardPlanOf } from './shard-plan.ts'

/** What merging needs. */
export type MergeOptions = Omit<JudgeRecordingOptions, 'recording' | 'threads' | 'warnings'> & {
  readonly means: JudgeEnvironment
}

/** The result of a run on several machines: what it would have been on one. Throws PartError. */
export async function mergeRun(
  parts: readonly ShardPart<RunPart>[],
  options: MergeOptions,
): Promise<RunResult> {
  const leader = parts.find((it) => it.of.leader)?.of.leader
  if (!leader) throw new PartError('no part is that of a first machine')
  const { target, picked: recorded } = leader.recording
  const planned = plan(options.loaded, target, leader.only ? { only: leader.only } : {})
  const readings = fileReadPlanOf(planned, vocabularyIndex.checks, vocabularyIndex.picks)
  const evidence = new Map(
    Object.entries(leader.recording.evidence).map(([key, it]) => [
      key,
      withFiles(it, sharedFilesOf(parts, key)),
    ]),
  )
  const read = new Map<ProbeKey, ProbeFilesResult>()
  const picked = new Map(Object.entries(recorded))
  const source = recordedValueSource({ evidence, read, picked, groupId: target.groupId }, vocabularyIndex)
  for (const probe of planned.probes) {
    const [first] = probeFilesIn(parts, probe.key)
    if (!first) continue
    const time = transactionTimeOf(evidence.get(probe.key))
    const reading = openProbeFilesReader({
      probe,
      readings,
      source,
      target,
      means: options.means,
      packages: options.packages ?? [],
      checks: vocabularyIndex.checks,
      values: first.queries,
      ...(time === undefined ? {} : { transactionTime: time }),
    })
    joinParts(reading, probe.key, parts)
    read.set(probe.key, await reading.finish())
  }
  const exchanges = parts.flatMap((it) => it.of.exchanges)
  const tests = judgePendingTests(
    planned,
    { leader, options, sharing: shardPlanOf(planned, readings, vocabularyIndex) },
    (open) =>
      judgeTests(
        open,
        judgeInputOf({
          plan: planned,
          target,
          exchanges,
          performed: { evidence, files: read, source, picked },
        }),
        options,
      ),
  )
  const startedAt = Math.min(...parts.map((it) => it.of.startedAt))
  const recording = {
    ...leader.recording,
    exchanges,
    complete: parts.every((it) => it.of.complete),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.max(...parts.map((it) => it.of.endedAt)) - startedAt,
  }
  const warnings = [...new Set(parts.flatMap((it) => it.of.warnings))]
  const judged = { ...options, warnings }
  for (const key of read.keys()) if (!sharedFilesOf(parts, key)) read.delete(key)
  const selection = leader.only && selectionOf(planned, plan(options.loaded, target), leader.only)
  const shared = recordingResult(recording, {
    ...{ options: judged, planned, evidence, read, tests },
    ...(selection ? { selection } : {}),
  })
  const files = [...leader.judged, ...(shared.files ?? [])].sort((a, b) => a.exchange - b.exchange)
  const profiles = inProbeOrder([...leader.profiles, ...(shared.profiles ?? [])], planned)
  return renumberExchanges({ ...shared, files, ...(profiles.length > 0 ? { profiles } : {}) })
}

function inProbeOrder(profiles: readonly ResultProfiles[], { probes }: Plan): readonly ResultProfiles[] {
  return probes.flatMap(({ label }) => profiles.filter((it) => it.of === label))
}

/** Takes in what parts found out about the files of a probe. Throws PartError if they looked for something else. */
export function joinParts(
  reading: ProbeFilesReader,
  probe: ProbeKey,
  parts: readonly ShardPart<unknown>[],
): void {
  for (const { keys, found, index } of probeFilesIn(parts, probe)) {
    const tallies = reading.keys.map((key) => {
      const at = keys.indexOf(key)
      if (at < 0) throw new PartError('the parts asked for other checks')
      return found.tallies[at]
    })
    reading.addPartialResult({ ...found, tallies }, index)
  }
}

function probeFilesIn(parts: readonly ShardPart<unknown>[], probe: ProbeKey): readonly PartProbeFiles[] {
  return parts.flatMap(({ reads }) => reads.filter((it) => it.probe === probe))
}

function sharedFilesOf(
  parts: readonly ShardPart<RunPart>[],
  probe: ProbeKey,
): readonly OutputFile[] | undefined {
  const files = parts.flatMap((it) => it.of.files[probe] ?? [])
  const isShared = parts.some((it) => it.of.files[probe])
  return isShared ? files.sort((a, b) => a.number - b.number) : undefined
}

function withFiles(evidence: Evidence, files: readonly OutputFile[] | undefined): Evidence {
  return files && evidence.probe === 'export' && 'files' in evidence.export
    ? { ...evidence, export: { ...evidence.export, files } }
    : evidence
}

/** Every test of a plan: those that the first machine has decided, and those that waited for the others. */
function judgePendingTests(
  planned: Plan,
  it: {
    readonly leader: LeaderPart
    readonly options: MergeOptions
    readonly sharing: { readonly pendingTests: ReadonlySet<Plan['tests'][number]> }
  },
  judge: (open: Plan) => readonly TestResult[],
): readonly TestResult[] {
  const { leader, options, sharing } = it
  const decided = leader.decided.map((test) => ({
    ...test,
    knownFailing: isKnownFailing(test.id, options.knownFailing),
  }))
  const rest = judge({ ...planned, tests: planned.tests.filter((test) => sharing.pendingTests.has(test)) })
  const known = new Map([...decided, ...rest].map((test) => [test.id, test]))
  return planned.tests.flatMap(({ id }) => known.get(id) ?? [])
}
