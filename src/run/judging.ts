import type { Exchange } from '../model/http/exchange.ts'
import { evidencePart } from '../model/parts.ts'
import type { Plan, PlannedProbe, PlannedTest, ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import type { PreflightProblem } from '../model/preflight.ts'
import type { TestResult } from '../model/result.ts'
import type { Target } from '../model/target.ts'
import type { JudgeProgress } from '../output/judge-progress.ts'
import type { JudgeEnvironment } from '../output/judge-environment.ts'
import type { HaltSignal } from '../output/slice.ts'
import { likeRequestsIn } from './refusals/accepted-alike.ts'
import { transactionTimeOf } from './evidence-files.ts'
import { type JudgeInput, judgeTest } from './judge-test.ts'
import { type KnownFailing, knownFailingOf } from './known-failing.ts'
import { withRepetitions } from './refusals/repetition.ts'
import {
  type FileReadPlan,
  fileReadPlanOf,
  openProbeFilesReader,
  type ProbeFilesReader,
  type ProbeFilesResult,
  tallyKey,
} from './probe-files.ts'
import type { ValueSource } from './resolve-references.ts'
import { type PickedValues, pickedValuesOf, valueSourceOf } from './value-source.ts'
import { vocabularyIndex } from './vocabulary-index.ts'

/** What judging a plan needs, wherever its evidence comes from. */
export interface JudgingOptions {
  readonly plan: Plan
  readonly target: Target
  readonly environment: JudgeEnvironment
  /** Paths of FHIR packages; resources are validated against their profiles. Default: none. */
  readonly packages?: readonly string[]
  /** What was gathered before. */
  readonly evidence?: Iterable<readonly [ProbeKey, Evidence]>
  /** What was picked before, by `key#pick`. */
  readonly picked?: PickedValues
  /** What was refused at first contact before. */
  readonly preflight?: readonly PreflightProblem[]
  /** Called with each value that must not be printed. */
  readonly conceal?: (value: string) => void
  /** Ends the reading of files before it is done. */
  readonly halt?: HaltSignal
  readonly onProgress?: (done: JudgeProgress) => void
}

/** A plan, and what has been gathered so far to judge it by. */
export interface Judging {
  readonly plan: Plan
  readonly target: Target
  readonly evidence: Map<ProbeKey, Evidence>
  /** What was read of the files of each probe. */
  readonly files: Map<ProbeKey, ProbeFilesResult>
  /** Values picked so far, by `key#pick`. */
  readonly picked: PickedValues
  /** What was refused at first contact, and kept tests from being performed. */
  readonly preflight: PreflightProblem[]
  readonly source: ValueSource
  readonly fileReadPlan: FileReadPlan
  /** Whether a test or another probe asks about the files of a probe. */
  isRead(probe: ProbeKey): boolean
  /** Begins to read the files of a probe; defaults come from what was gathered. */
  openReader(probe: PlannedProbe, known?: KnownOfFiles): ProbeFilesReader
}

/** What is known of files whose evidence was not gathered here. */
interface KnownOfFiles {
  readonly transactionTime?: string
  /** Candidates among the queries that were picked. */
  readonly queries?: readonly string[]
  readonly source?: ValueSource
}

/** Assembles what judging a plan needs. */
export function openJudging(options: JudgingOptions): Judging {
  const { plan, target, environment, packages = [], halt, onProgress } = options
  const { checks, picks } = vocabularyIndex
  const evidence = new Map(options.evidence ?? [])
  const files = new Map<ProbeKey, ProbeFilesResult>()
  const picked: PickedValues = options.picked ?? new Map()
  const fileReadPlan = fileReadPlanOf(plan, checks, picks)
  const source = valueSourceOf({
    ...{ evidence, read: files, picked, picks },
    conceal: options.conceal ?? (() => undefined),
    groupId: target.groupId,
    emptyGroupId: target.emptyGroupId,
    facts: target.facts,
  })
  return {
    ...{ plan, target, evidence, files, picked, source, fileReadPlan },
    preflight: [...(options.preflight ?? [])],
    isRead: (probe) => fileReadPlan.indexedProbes.has(probe) || fileReadPlan.lineClaims.has(probe),
    openReader(probe, known = {}) {
      const transactionTime = known.transactionTime ?? transactionTimeOf(evidence.get(probe.key))
      return openProbeFilesReader({
        ...{ probe, checks, target, environment, packages, fileReadPlan },
        source: known.source ?? source,
        values: known.queries ?? pickedValuesOf(picked),
        ...(transactionTime === undefined ? {} : { transactionTime }),
        ...(halt ? { halt } : {}),
        ...(onProgress ? { onProgress } : {}),
      })
    },
  }
}

/** Judges tests (default: all of the plan) by what has been gathered. */
export function judgeTests(
  judging: Judging,
  options: {
    readonly exchanges: readonly Exchange[]
    /** Entries of the known-failing file. */
    readonly knownFailing: readonly KnownFailing[]
    readonly tests?: readonly PlannedTest[]
    /** Verdicts that are known already, by id. */
    readonly settled?: ReadonlyMap<string, TestResult>
    readonly onJudged?: (test: TestResult) => void
  },
): readonly TestResult[] {
  const input = judgeInputOf(judging, options.exchanges)
  return (options.tests ?? judging.plan.tests).map((test) => {
    const settled = options.settled?.get(test.id)
    if (settled) return settled
    const result = judgeTest(test, input, knownFailingOf(test.id, options.knownFailing))
    options.onJudged?.(result)
    return result
  })
}

/** Everything that judging needs, of what has been gathered so far. */
export function judgeInputOf(
  { plan, target, evidence, files, source }: Judging,
  exchanges: readonly Exchange[],
): JudgeInput {
  const { checks, picks } = vocabularyIndex
  const probes = withRepetitions(plan.probes)
  return {
    ...{ target, evidence, exchanges, source, probes, checks, picks },
    exports: [...evidence.values()].filter((it) => it.probe === 'export'),
    like: likeRequestsIn({ probes, evidence, exchanges, picks }),
    profilesChecked: [...files.values()].some((it) => it.profiles !== undefined),
    tallyOf(claim, check, params) {
      const kind = evidencePart(claim.part)?.fileKind
      return kind && files.get(claim.probe)?.tallies.get(tallyKey(kind, check, params))
    },
  }
}
