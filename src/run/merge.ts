import type { OutputFile } from '../model/evidence.ts'
import type { Plan, ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/probe.ts'
import type { ResultProfiles, RunResult, TestResult } from '../model/result.ts'
import type { Means } from '../output/judging.ts'
import { plan } from '../suite/plan.ts'
import { type FilesRead, type ProbeReading, readingsOf, readProbe } from './files.ts'
import { isKnown } from './known-failing.ts'
import { type Part, PartError, type PartRead } from './part.ts'
import { sourceOfGathered, transactionTimeOf } from './perform.ts'
import { type RejudgeOptions, resultOf } from './rejudge.ts'
import { renumbered } from './renumber.ts'
import { caseOf, judgeAll, words } from './run.ts'
import type { Leading, RunPart } from './shard.ts'
import { sharedPlan } from './shared.ts'

/** What merging needs. */
export type MergeOptions = Omit<RejudgeOptions, 'recording' | 'threads' | 'warnings'> & {
  readonly means: Means
}

/** The result of a run on several machines: what it would have been on one. Throws PartError. */
export async function mergeRun(parts: readonly Part<RunPart>[], options: MergeOptions): Promise<RunResult> {
  const leader = parts.find((it) => it.of.leader)?.of.leader
  if (!leader) throw new PartError('no part is that of a first machine')
  const { target, picked: recorded } = leader.recording
  const planned = plan(options.loaded, target, leader.only ? { only: leader.only } : {})
  const readings = readingsOf(planned, words.checks, words.picks)
  const evidence = new Map(
    Object.entries(leader.recording.evidence).map(([key, it]) => [key, withFiles(it, filesOf(parts, key))]),
  )
  const read = new Map<ProbeKey, FilesRead>()
  const picked = new Map(Object.entries(recorded))
  const source = sourceOfGathered({ evidence, read, picked, groupId: target.groupId }, words)
  for (const probe of planned.probes) {
    const [first] = readsOf(parts, probe.key)
    if (!first) continue
    const time = transactionTimeOf(evidence.get(probe.key))
    const reading = readProbe({
      probe,
      readings,
      source,
      target,
      means: options.means,
      packages: options.packages ?? [],
      checks: words.checks,
      values: first.queries,
      ...(time === undefined ? {} : { transactionTime: time }),
    })
    joinReads(reading, probe.key, parts)
    read.set(probe.key, await reading.finish())
  }
  const exchanges = parts.flatMap((it) => it.of.exchanges)
  const tests = judgeRest(
    planned,
    { leader, options, sharing: sharedPlan(planned, readings, words) },
    (open) =>
      judgeAll(
        open,
        caseOf({ plan: planned, target, exchanges, performed: { evidence, read, source, picked } }),
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
  for (const key of read.keys()) if (!filesOf(parts, key)) read.delete(key)
  const shared = resultOf(recording, { options: judged, planned, evidence, read, tests })
  const files = [...leader.judged, ...(shared.files ?? [])].sort((a, b) => a.exchange - b.exchange)
  const profiles = inOrder([...leader.profiles, ...(shared.profiles ?? [])], planned)
  return renumbered({ ...shared, files, ...(profiles.length > 0 ? { profiles } : {}) })
}

function inOrder(profiles: readonly ResultProfiles[], { probes }: Plan): readonly ResultProfiles[] {
  return probes.flatMap(({ label }) => profiles.filter((it) => it.of === label))
}

/** Takes in what parts found out about the files of a probe. Throws PartError if they looked for something else. */
export function joinReads(reading: ProbeReading, probe: ProbeKey, parts: readonly Part<unknown>[]): void {
  for (const { keys, found, index } of readsOf(parts, probe)) {
    const tallies = reading.keys.map((key) => {
      const at = keys.indexOf(key)
      if (at < 0) throw new PartError('the parts asked for other checks')
      return found.tallies[at]
    })
    reading.join({ ...found, tallies }, index)
  }
}

function readsOf(parts: readonly Part<unknown>[], probe: ProbeKey): readonly PartRead[] {
  return parts.flatMap(({ reads }) => reads.filter((it) => it.probe === probe))
}

function filesOf(parts: readonly Part<RunPart>[], probe: ProbeKey): readonly OutputFile[] | undefined {
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
function judgeRest(
  planned: Plan,
  it: {
    readonly leader: Leading
    readonly options: MergeOptions
    readonly sharing: { readonly open: ReadonlySet<Plan['tests'][number]> }
  },
  judge: (open: Plan) => readonly TestResult[],
): readonly TestResult[] {
  const { leader, options, sharing } = it
  const decided = leader.decided.map((test) => ({
    ...test,
    knownFailing: isKnown(test.id, options.knownFailing),
  }))
  const rest = judge({ ...planned, tests: planned.tests.filter((test) => sharing.open.has(test)) })
  const known = new Map([...decided, ...rest].map((test) => [test.id, test]))
  return planned.tests.flatMap(({ id }) => known.get(id) ?? [])
}
