import type { Exchange, OutputFile } from '../../model/http/exchange.ts'
import type { Plan, PlannedProbe, ProbeKey } from '../../model/plan.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { Level } from '../../model/requirement.ts'
import type { ResultScope, RunResult, TestResult } from '../../model/result.ts'
import type { JudgeEnvironment } from '../../output/judge-environment.ts'
import { profilesOfPackages } from '../../output/package-profiles.ts'
import type { LoadedSuites } from '../../suite/load.ts'
import { plan } from '../../suite/planning/plan.ts'
import { type Judging, judgeTests, openJudging } from '../judging.ts'
import { type KnownFailing, knownFailingOf } from '../known-failing.ts'
import type { ProbeFilesReader } from '../probe-files.ts'
import type { RunEvent } from '../journal/run-event.ts'
import { scopeOf, selectionOf } from '../result-scope.ts'
import { narrowJudging } from '../features/find-features.ts'
import { recordedPlanOptions, recordedSearch } from '../recording.ts'
import { runResultOf } from '../run-result.ts'
import { packageNamesOf } from '../tested-setting.ts'
import { vocabularyIndex } from '../vocabulary-index.ts'
import { PartError, type PartProbeFiles, type ShardPart } from './part-file.ts'
import { renumberExchanges } from '../renumber-exchanges.ts'
import type { LeaderPart, RunPart } from './run-part.ts'
import { pendingTestsOf, shardPlanOf } from './shard-plan.ts'

/** What merging needs. */
export interface MergeOptions {
  readonly loaded: LoadedSuites
  readonly failOn: Level
  /** Entries of the known-failing file. */
  readonly knownFailing: readonly KnownFailing[]
  /** The file that they come from, as given. */
  readonly knownFailingFile?: string
  readonly harness: string
  readonly environment: JudgeEnvironment
  /** Paths of FHIR packages; resources are validated against their profiles. */
  readonly packages?: readonly string[]
  readonly notify?: (event: RunEvent) => void
}

/** The result of a run on several machines, the same as on one. Throws PartError. */
export async function mergeRun(
  parts: readonly ShardPart<RunPart>[],
  options: MergeOptions,
): Promise<RunResult> {
  const leader = parts.find((it) => it.of.leader)?.of.leader
  if (!leader) throw new PartError('the part of the first machine is missing')
  const whole = openMergedJudging(parts, leader, options)
  const features = recordedSearch(leader.recording)
  const judging = narrowJudging(whole, features)
  for (const probe of judging.plan.probes) await joinFiles(judging, probe, parts)
  const exchanges = parts.flatMap((it) => it.of.exchanges)
  const { sharedProbes } = shardPlanOf(whole.plan, whole.fileReadPlan, vocabularyIndex)
  const tests = judgePendingTests(judging, leader, { ...options, exchanges, sharedProbes })
  const startedAt = Math.min(...parts.map((it) => it.of.startedAt))
  const isShared = (key: ProbeKey) => sharedFilesOf(parts, key) !== undefined
  // The first machine has said what the others hold.
  const shared = { ...judging, files: new Map([...judging.files].filter(([key]) => isShared(key))) }
  const result = runResultOf(shared, {
    harness: options.harness,
    scope: mergedScope(judging, leader, options),
    complete: parts.every((it) => it.of.complete),
    jobs: leader.recording.jobs,
    flaky: parts.flatMap((it) => it.of.flaky),
    suites: { sha256: options.loaded.sha256 },
    failOn: options.failOn,
    warnings: [...new Set(parts.flatMap((it) => it.of.warnings))],
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.max(...parts.map((it) => it.of.endedAt)) - startedAt,
    tests,
    exchanges,
    packageNames: await packageNamesOf(options.packages),
    knownFailingFile: options.knownFailingFile,
    features,
    ...(leader.recording.showsDiagnostics ? { showsDiagnostics: true as const } : {}),
  })
  return renumberExchanges(withLeaderFiles(result, leader, judging.plan))
}

/** A judging of what the first machine gathered, and of the files that all of them downloaded. */
function openMergedJudging(
  parts: readonly ShardPart<RunPart>[],
  { recording }: LeaderPart,
  { loaded, environment, packages = [] }: MergeOptions,
): Judging {
  const { target } = recording
  return openJudging({
    ...{ plan: plan(loaded, target, recordedPlanOptions(recording)), target, environment, packages },
    evidence: Object.entries(recording.evidence).map(
      ([key, it]) => [key, withFiles(it, sharedFilesOf(parts, key))] as const,
    ),
    picked: new Map(Object.entries(recording.picked)),
    preflight: recording.preflight ?? [],
  })
}

function mergedScope(
  { plan: planned, target }: Judging,
  { recording }: LeaderPart,
  { loaded }: MergeOptions,
): ResultScope {
  return scopeOf(
    'run',
    planned,
    selectionOf(planned, plan(loaded, target), { patterns: recording.only ?? [], own: loaded.own }),
  )
}

async function joinFiles(
  judging: Judging,
  probe: PlannedProbe,
  parts: readonly ShardPart<RunPart>[],
): Promise<void> {
  const [first] = probeFilesIn(parts, probe.key)
  if (!first) return
  const reader = judging.openReader(probe, { queries: first.queries })
  joinParts(reader, probe.key, parts)
  judging.files.set(probe.key, await reader.finish())
}

/** A result of files that were shared, with those that the first machine read alone. */
function withLeaderFiles(shared: RunResult, leader: LeaderPart, { probes }: Plan): RunResult {
  const files = [...leader.judged, ...(shared.files ?? [])].sort((a, b) => a.exchange - b.exchange)
  const inOrder = <T extends { readonly of: string }>(all: readonly T[]) =>
    probes.flatMap(({ label }) => all.filter((it) => it.of === label))
  const profiles = inOrder([...leader.profiles, ...(shared.profiles ?? [])])
  const uncheckedCodes = inOrder([...leader.uncheckedCodes, ...(shared.uncheckedCodes ?? [])])
  return {
    ...{ ...shared, files },
    ...(profiles.length > 0 ? { profiles } : {}),
    ...(uncheckedCodes.length > 0 ? { uncheckedCodes } : {}),
  }
}

/** Adds what parts found in the files of a probe. Throws PartError if they were made with other checks. */
export function joinParts(
  reading: ProbeFilesReader,
  probe: ProbeKey,
  parts: readonly ShardPart<unknown>[],
): void {
  for (const { keys, found, index } of probeFilesIn(parts, probe)) {
    const tallies = reading.keys.map((key) => {
      const at = keys.indexOf(key)
      if (at < 0)
        throw new PartError(
          'the parts were made with other checks: make and merge them with the same build of bulkcheck and the same options',
        )
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
  judging: Judging,
  leader: LeaderPart,
  options: MergeOptions & {
    readonly exchanges: readonly Exchange[]
    readonly sharedProbes: ReadonlySet<ProbeKey>
  },
): readonly TestResult[] {
  const { tests } = judging.plan
  const { exchanges, knownFailing, notify } = options
  const pendingTests = pendingTestsOf(judging.plan, options.sharedProbes)
  const decided = leader.decided.map((test) => ({ ...test, ...knownFailingOf(test.id, knownFailing) }))
  const pending = judgeTests(judging, {
    ...{ exchanges, knownFailing },
    tests: tests.filter((it) => pendingTests.has(it)),
    onJudged: (test) => notify?.({ kind: 'test', test }),
  })
  const known = new Map([...decided, ...pending].map((test) => [test.id, test]))
  return tests.flatMap(({ id }) => known.get(id) ?? [])
}

/** Throws PartError unless suites and packages are those of the parts. */
export async function requireSameSuitesAndPackages(
  of: { readonly suites: string; readonly packages: readonly string[] },
  { loaded, packages = [] }: Pick<MergeOptions, 'loaded' | 'packages'>,
): Promise<void> {
  if (of.suites !== loaded.sha256)
    throw new PartError('the parts were made with other suites: pass the --suites that the machines had')
  const names = (await profilesOfPackages(packages))?.packages ?? []
  if (names.join('\n') !== of.packages.join('\n'))
    throw new PartError(
      of.packages.length === 0
        ? 'the parts were made without --ig-package'
        : `the parts were made with other packages: pass the same --ig-package to merge (${of.packages.join(', ')})`,
    )
}
