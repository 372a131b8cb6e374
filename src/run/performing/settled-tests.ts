import type { Evidence } from '../../model/evidence.ts'
import { evidencePart } from '../../model/parts.ts'
import { needsProbes, type PlannedTest, type ProbeKey } from '../../model/plan.ts'
import type { TestResult } from '../../model/result.ts'
import { probeReferencesIn } from '../../suite/probe-references.ts'
import type { FeatureSearch } from '../features/find-features.ts'
import { type JudgeInput, judgeTest } from '../judge-test.ts'
import { type Judging, judgeInputOf } from '../judging.ts'
import { type KnownFailing, knownFailingOf } from '../known-failing.ts'
import type { Session } from '../../probe/session.ts'
import { vocabularyIndex } from '../vocabulary-index.ts'

/** How far a plan has been performed when a probe is done. */
export interface PlanMoment {
  /** Of the plan as it is known by then. */
  readonly judging: Judging
  /** Whether it is known which features the server offers. */
  readonly isNarrowed: boolean
  readonly features?: FeatureSearch
  /** Whether the evidence of a probe is all that there will be. */
  readonly isDone: (probe: ProbeKey) => boolean
  /** Whether nothing else is under way that a long judgement would delay. */
  readonly isQuiet: boolean
}

/** Judges tests while a plan is performed. */
export interface SettledTests {
  /** Verdicts by id; nothing that still happens changes them. */
  readonly results: ReadonlyMap<string, TestResult>
  /** Judges the tests whose evidence is complete by now. */
  settle(moment: PlanMoment): void
}

/** Opens a judging of tests one by one; each is tried once, when all that it names is there. */
export function openSettledTests({
  session,
  knownFailing,
  onJudged,
}: {
  readonly session: Pick<Session, 'exchanges'>
  readonly knownFailing: readonly KnownFailing[]
  readonly onJudged: (test: TestResult) => void
}): SettledTests {
  const results = new Map<string, TestResult>()
  let waiting: readonly WaitingTest[] | undefined
  return {
    results,
    settle(moment) {
      const { judging, isNarrowed, isQuiet, isDone } = moment
      waiting ??= judging.plan.tests.filter(needsProbes).map(waitingTest)
      const done = new Set([...judging.evidence.keys()].filter(isDone))
      const isDue = ({ awaits, isLong, probes }: WaitingTest) =>
        (isNarrowed || !awaits) && (isQuiet || !isLong) && probes.every((it) => done.has(it))
      const due = new Set(waiting.filter(isDue).map((it) => it.id))
      if (due.size === 0) return
      waiting = waiting.filter((it) => !due.has(it.id))
      const traced = traceJudging(judgeInputOf(judging, session.exchanges), done)
      for (const test of judging.plan.tests) {
        if (!due.has(test.id)) continue
        const { result, isFinal } = traced(test, knownFailingOf(test.id, knownFailing))
        if (!isFinal) continue
        results.set(test.id, result)
        onJudged(result)
      }
    },
  }
}

/** A test that has not been tried yet. */
interface WaitingTest {
  readonly id: string
  readonly awaits: boolean
  /** Judging it may take seconds. */
  readonly isLong: boolean
  readonly probes: readonly ProbeKey[]
}

function waitingTest(test: PlannedTest): WaitingTest {
  const { id, awaits } = test
  return {
    id,
    awaits: awaits !== undefined,
    isLong: readsIndex(test),
    probes: [...new Set(probesNamedIn(test))],
  }
}

/** The probes that a test names; one of whose values is about patients waits until everything is recorded, since it would be masked from then on. */
function probesNamedIn(test: PlannedTest): readonly ProbeKey[] {
  const claims = [test.claim, ...test.given]
  const references = claims.flatMap((it) => probeReferencesIn(it.expect))
  const isSensitive = references.some(
    ({ pick }) => vocabularyIndex.picks.find((it) => it.name === pick)?.sensitive,
  )
  return [
    ...claims.map((it) => it.probe),
    ...references.map((it) => it.from),
    ...(isSensitive ? [everything] : []),
  ]
}

/** Names no probe, so it is never done. */
const everything: ProbeKey = ''

/** Indexes may be large, and comparing them may take seconds. */
function readsIndex({ claim, given }: PlannedTest): boolean {
  return [claim, ...given].some(
    (it) =>
      evidencePart(it.part)?.reads === 'index' ||
      probeReferencesIn(it.expect).some(({ pick }) => pick === undefined),
  )
}

type Known = ReturnType<typeof knownFailingOf>

/** Judges tests by an input, and says whether that has asked only for what will not change. */
function traceJudging(
  input: JudgeInput,
  done: ReadonlySet<ProbeKey>,
): (test: PlannedTest, known: Known) => { readonly result: TestResult; readonly isFinal: boolean } {
  let isFinal = true
  const traced: JudgeInput = {
    ...input,
    evidence: new TracedEvidence(input.evidence, (key) => {
      isFinal &&= key !== undefined && done.has(key)
    }),
    get exports() {
      isFinal = false
      return input.exports
    },
    like(kind) {
      isFinal = false
      return input.like(kind)
    },
  }
  return (test, known) => {
    isFinal = true
    const result = judgeTest(test, traced, known)
    return { result, isFinal }
  }
}

/** Evidence that says what of it is asked for; `undefined` stands for all. */
class TracedEvidence extends Map<ProbeKey, Evidence> {
  readonly #asked: (probe: ProbeKey | undefined) => void

  constructor(evidence: ReadonlyMap<ProbeKey, Evidence>, asked: (probe: ProbeKey | undefined) => void) {
    super(evidence)
    this.#asked = asked
  }

  override get(key: ProbeKey): Evidence | undefined {
    this.#asked(key)
    return super.get(key)
  }

  override has(key: ProbeKey): boolean {
    this.#asked(key)
    return super.has(key)
  }

  override [Symbol.iterator](): MapIterator<[ProbeKey, Evidence]> {
    this.#asked(undefined)
    return super[Symbol.iterator]()
  }

  override entries(): MapIterator<[ProbeKey, Evidence]> {
    this.#asked(undefined)
    return super.entries()
  }

  override values(): MapIterator<Evidence> {
    this.#asked(undefined)
    return super.values()
  }

  override keys(): MapIterator<ProbeKey> {
    this.#asked(undefined)
    return super.keys()
  }
}
