import { randomUUID } from 'node:crypto'
import { checks, picks } from '../checks/registry.ts'
import type { Clock } from '../model/clock.ts'
import type { Exchange } from '../model/http/exchange.ts'
import type { Plan, ProbeKey } from '../model/plan.ts'
import type { Level } from '../model/requirement.ts'
import type { ResultScope, RunResult, TestResult } from '../model/result.ts'
import type { Target } from '../model/target.ts'
import type { JudgeProgress } from '../output/export-judge.ts'
import { spareCores, openJudgeEnvironment } from '../output/judge-environment.ts'
import type { ProbeEvent, Session } from '../probe/session.ts'
import type { Transport } from '../probe/transport/message.ts'
import { fileKindOfPart, tallyKey } from './probe-files.ts'
import { type JudgeInput, judgeTest } from './judge-test.ts'
import { isKnownFailing } from './known-failing.ts'
import {
  resultFilesOf,
  resultProfilesOf,
  type PlanOutcome,
  performPlan,
  type VocabularyIndex,
} from './perform-plan.ts'
import { writeRecording } from './recording.ts'
import { scopeOf } from './result-scope.ts'

/** What happens during a run, for progress displays. */
export type RunEvent =
  | { readonly kind: 'probe'; readonly label: string; readonly done: number; readonly of: number }
  | { readonly kind: 'activity'; readonly event: ProbeEvent }
  /** How much of the files of a probe has been judged; told now and then. */
  | { readonly kind: 'judged'; readonly done: JudgeProgress }
  | { readonly kind: 'test'; readonly test: TestResult }
  | { readonly kind: 'closing'; readonly jobs: number }

/** What a run needs. */
export interface RunOptions {
  readonly plan: Plan
  readonly target: Target
  readonly transport: Transport
  readonly clock: Clock
  readonly suites: { readonly sha256: string }
  readonly failOn: Level
  /** Patterns of tests that are known to fail. */
  readonly knownFailing: readonly string[]
  readonly warnings: readonly string[]
  readonly harness: string
  /** How the plan was narrowed; absent if it has every test. */
  readonly selection?: ResultScope['selection']
  readonly signal?: AbortSignal
  readonly notify?: (event: RunEvent) => void
  /** Folder in which downloaded files are left. */
  readonly keep?: string
  readonly showDiagnostics?: boolean
  /** File to which what is needed to judge again is written. */
  readonly recording?: string
  /** It has been written. */
  readonly onRecorded?: () => void
  /** Paths of FHIR packages whose profiles resources are held against. */
  readonly packages?: readonly string[]
  /** How many threads judge output files; one for each core but this one's unless given. */
  readonly threads?: number
}

/** The vocabulary by name. */
export const vocabularyIndex: VocabularyIndex = { checks: new Map(checks.map((it) => [it.name, it])), picks }

/** Performs a plan and judges what it brought. Jobs are deleted whatever happens; an abort gives a result that is not complete. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { plan, target, clock, signal, notify } = options
  const startedAt = clock.now()
  const session = await openRunSession(options)
  const means = openJudgeEnvironment(options.threads ?? spareCores())
  let tests: readonly TestResult[]
  let performed: PlanOutcome
  try {
    performed = await performPlan({
      plan,
      target,
      session,
      words: vocabularyIndex,
      means,
      packages: options.packages ?? [],
      ...(signal ? { signal } : {}),
      notify: (probe, done) => notify?.({ kind: 'probe', label: probe.label, done, of: plan.probes.length }),
      onJudged: (done) => notify?.({ kind: 'judged', done }),
    })
    tests = judgeTests(plan, judgeInputOf({ plan, target, exchanges: session.exchanges, performed }), options)
  } finally {
    notify?.({ kind: 'closing', jobs: session.jobs.started - session.jobs.deleted })
    await Promise.all([session.close(), means.close()])
  }
  // Only now is it known which jobs were deleted.
  const warnings = [...runWarnings(options, session)]
  if (options.recording) {
    const run = { options, performed, session, startedAt, picks: vocabularyIndex.picks }
    const isThere = await writeRecording(options.recording, run)
    if (isThere) options.onRecorded?.()
    else warnings.push(`The run could not be recorded in ${options.recording}: ${diskFullReason}.`)
  }
  return {
    version: 2,
    run: randomUUID(),
    harness: options.harness,
    scope: scopeOf('run', plan, options.selection),
    complete: !signal?.aborted,
    jobs: { ...session.jobs },
    suites: options.suites,
    target: { name: target.name, fhirUrl: target.fhirUrl, ig: target.ig },
    failOn: options.failOn,
    warnings,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: clock.now() - startedAt,
    tests,
    exchanges: session.exchanges,
    files: resultFilesOf(performed),
    ...resultProfilesOf(plan, performed),
  }
}

const diskFullReason = 'the disk is full, or the folder cannot be written to'

/** What was to be known before a run, and what could not be kept of it. */
export function runWarnings(
  { warnings, keep }: Pick<RunOptions, 'warnings' | 'keep'>,
  { unkept }: Pick<Session, 'unkept'>,
): readonly string[] {
  if (unkept === 0) return warnings
  const what = unkept === 1 ? 'An output file' : `${unkept} output files`
  return [...warnings, `${what} could not be kept in ${keep}: ${diskFullReason}.`]
}

/** Opens a session for a run; its exchanges are numbered after `after`. */
export async function openRunSession(options: RunOptions, after = 0): Promise<Session> {
  const { signal, notify } = options
  // Loaded here because who judges files without a server does without it.
  const { openSession } = await import('../probe/session.ts')
  return openSession({
    target: options.target,
    transport: options.transport,
    clock: options.clock,
    after,
    ...(signal ? { signal } : {}),
    ...(options.keep ? { keep: options.keep } : {}),
    ...(options.showDiagnostics ? { showDiagnostics: true } : {}),
    ...(notify ? { notify: (event: ProbeEvent) => notify({ kind: 'activity', event }) } : {}),
  })
}

/** Judges every test of a plan over a case. */
export function judgeTests(
  plan: Plan,
  given: JudgeInput,
  options: { readonly knownFailing: readonly string[]; readonly notify?: (event: RunEvent) => void },
): readonly TestResult[] {
  return plan.tests.map((test) => {
    const result = judgeTest(test, given, isKnownFailing(test.id, options.knownFailing))
    options.notify?.({ kind: 'test', test: result })
    return result
  })
}

/** What judging a plan needs, from what performing it brought. */
export function judgeInputOf(it: {
  readonly plan: Plan
  readonly target: Target
  readonly exchanges: readonly Exchange[]
  readonly performed: Omit<PlanOutcome, 'openReaders'>
}): JudgeInput {
  const { performed } = it
  const parts = new Map<ProbeKey, ReadonlyMap<string, unknown>>()
  for (const [key, read] of performed.files) parts.set(key, read.tallies)
  return {
    target: it.target,
    probes: new Map(it.plan.probes.map((probe) => [probe.key, probe])),
    evidence: performed.evidence,
    exchanges: it.exchanges,
    checks: vocabularyIndex.checks,
    source: performed.source,
    profilesChecked: [...performed.files.values()].some((it) => it.profiles !== undefined),
    tallyOf: (claim, check, params) => {
      const kind = fileKindOfPart(claim.part)
      return kind && parts.get(claim.probe)?.get(tallyKey(kind, check, params))
    },
  }
}
