import { requestOutcomeOf } from '../model/export/failure.ts'
import type { Check, CheckContext, ExchangeCheck, IndexCheck, LinesCheck, Picker } from '../checks/check.ts'
import type { Exchange } from '../model/http/exchange.ts'
import { combineJudgements, type Judgement, neverArose, satisfied, undecided } from '../model/judgement.ts'
import type { PlannedClaim, PlannedProbe, PlannedTest, ProbeKey } from '../model/plan.ts'
import type { Evidence, ExportEvidence } from '../model/evidence.ts'
import { evidencePart } from '../model/parts.ts'
import type { Reason } from '../model/reason.ts'
import type { CitedRequirement, TestResult, Verdict } from '../model/result.ts'
import { ownFrames } from '../model/stack-frames.ts'
import { TemporaryStorageError, type ResourceIndex } from '../model/fhir/resource-index.ts'
import type { Target } from '../model/target.ts'
import { doubtAbout, type LikeRequests } from './refusals/accepted-alike.ts'
import { resolveReferences, type ValueSource } from './resolve-references.ts'
import { probeFailure, type ClaimSubject, subjectOf } from './claim-subject.ts'
import { missingExport } from './performing/missing-exports.ts'
import { refusedKickoffs } from './refusals/refused-kickoffs.ts'
import { refusedOffer } from './refusals/refused-offer.ts'

/** Everything that judging needs; nothing in it talks to the target. */
export interface JudgeInput {
  readonly target: Target
  readonly probes: ReadonlyMap<ProbeKey, PlannedProbe>
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  /** What the exports of the run brought. */
  readonly exports: readonly ExportEvidence[]
  readonly exchanges: readonly Exchange[]
  readonly checks: ReadonlyMap<string, Check>
  readonly picks: readonly Picker[]
  readonly source: ValueSource
  /** The accepted requests that refusals stand between. */
  readonly like: LikeRequests
  /** Whether resources were validated against profiles of packages. */
  readonly profilesChecked: boolean
  /** What a lines check tallied over the files of a claim's part; `undefined` if they were not read for it. */
  tallyOf(claim: PlannedClaim, check: string, params: unknown): unknown
}

/** The result of one test. Never throws: a bug in bulkcheck becomes an `error` verdict. */
export function judgeTest(
  test: PlannedTest,
  given: JudgeInput,
  known: Pick<TestResult, 'knownFailing' | 'listed'>,
): TestResult {
  const { requirement } = test
  const {
    at,
    since: _since,
    until: _until,
    smart: _smart,
    untested: _untested,
    inferno: _,
    ...row
  } = requirement
  const cited: CitedRequirement = { ...row, url: at[given.target.ig] ?? Object.values(at)[0] ?? '' }
  return {
    id: test.id,
    title: test.title,
    requirement: cited,
    verdict: verdictOf(test, given),
    ...known,
    exchanges: test.notApplicable || test.undecided ? [] : exchangesOf(test, given),
    source: test.source,
    suite: test.suite,
  }
}

function verdictOf(test: PlannedTest, given: JudgeInput): Verdict {
  if (test.notApplicable) return { is: 'not-applicable', reason: test.notApplicable }
  if (test.undecided) return { is: 'inconclusive', reason: test.undecided, cause: test.undecided }
  try {
    for (const claim of test.given) {
      const failure = controlFailure(claim.probe, given)
      if (failure) return { is: 'inconclusive', reason: failure, cause: failure }
      const judgement = judgeClaim(claim, given)
      const offer = judgement.is === 'violated' ? refusedOffer(claim.probe, given) : undefined
      if (offer) return { is: 'inconclusive', reason: offer, cause: offer }
      if (judgement.is === 'violated')
        return {
          is: 'not-applicable',
          reason: { kind: 'condition-not-met', message: judgement.findings[0].message },
        }
      if (judgement.is === 'undecided') return undecidedVerdict(judgement, claim, given)
    }
    const failure = controlFailure(test.claim.probe, given)
    if (failure) return { is: 'inconclusive', reason: failure, cause: failure }
    const judgement = judgeClaim(test.claim, given)
    if (judgement.is === 'satisfied') return passUnlessDoubtful(test, given)
    if (judgement.is === 'violated') return { is: 'fail', findings: judgement.findings }
    return undecidedVerdict(judgement, test.claim, given)
  } catch (error) {
    if (error instanceof TemporaryStorageError)
      return { is: 'inconclusive', reason: { kind: 'disk-full' }, cause: { kind: 'disk-full' } }
    // Only our own frames: a foreign message may quote what was judged.
    const stack = error instanceof Error ? ownFrames(error) : undefined
    return {
      is: 'error',
      error: { message: `cannot judge ${test.id}`, ...(stack ? { stack } : {}) },
    }
  }
}

/** A test that a refusal helped to pass shows nothing where the server may refuse everything. */
function passUnlessDoubtful(test: PlannedTest, given: JudgeInput): Verdict {
  for (const { probe, part } of [...test.given, test.claim]) {
    const planned = given.probes.get(probe)
    const doubt = planned && doubtAbout(planned, part, given)
    if (doubt) return { is: 'inconclusive', reason: doubt, cause: doubt }
  }
  return { is: 'pass' }
}

function undecidedVerdict(
  judgement: Judgement & { is: 'undecided' },
  claim: PlannedClaim,
  given: JudgeInput,
): Verdict {
  if (judgement.never) return { is: 'not-applicable', reason: judgement.reason }
  const subject = subjectFor(claim, given)
  const cause = subject.is === 'missing' ? { cause: judgement.reason } : {}
  return { is: 'inconclusive', reason: judgement.reason, ...cause }
}

/** Why the control of a probe, or of one that it takes values from, makes it inconclusive. */
function controlFailure(key: ProbeKey, given: JudgeInput): Reason | undefined {
  const control = given.probes.get(key)?.control
  if (!control) return undefined
  return probeFailure(given.evidence.get(control), given.probes.get(control)?.label ?? control)
}

/** A claim about every export is judged as far as there is evidence; what is missing may break it. */
function judgeClaim(claim: PlannedClaim, given: JudgeInput): Judgement {
  const judged = judgeEvidence(claim, given)
  if (judged.is === 'violated' || (judged.is === 'undecided' && !judged.never)) return judged
  const missing = missingFor(claim, given)
  return missing ? undecided(missing) : judged
}

function missingFor({ probe, part, expect }: PlannedClaim, given: JudgeInput): Reason | undefined {
  if (evidencePart(part)?.ofEveryExport) return missingExport(probe, 'refusals', given)
  const checks = Object.keys(expect).map((name) => given.checks.get(name))
  return checks.some((it) => it?.reads === 'exchange' && it.judgesEveryExport)
    ? missingExport(probe, 'completions', given)
    : undefined
}

function judgeEvidence(claim: PlannedClaim, given: JudgeInput): Judgement {
  const subject = subjectFor(claim, given)
  if (subject.is === 'missing')
    return { is: 'undecided', reason: subject.reason, ...(subject.never ? { never: true } : {}) }
  const evidence = given.evidence.get(claim.probe)
  if (!evidence) return undecided({ kind: 'no-evidence' })
  const { fhirUrl, groupId, authorization } = given.target
  const target = { fhirUrl, authorized: authorization.kind !== 'none', ...(groupId ? { groupId } : {}) }
  return combineJudgements(
    Object.entries(claim.expect).map(([name, raw]) => {
      const check = given.checks.get(name)
      if (!check) throw new Error(`no check ${name}`)
      const params = resolveReferences(raw, given.source)
      if ('reason' in params) return undecided(params.reason)
      return applyCheck(check, params.value, {
        subject,
        claim,
        given,
        context: {
          ...{ target, evidence },
          // Whether a check asks for all exports decides when its test can be judged.
          get exports() {
            return given.exports
          },
        },
      })
    }),
  )
}

interface CheckInput {
  readonly subject: Exclude<ClaimSubject, { is: 'missing' }>
  readonly claim: PlannedClaim
  readonly given: JudgeInput
  readonly context: CheckContext
}

function applyCheck(
  check: Check,
  params: unknown,
  { subject, claim, given, context }: CheckInput,
): Judgement {
  switch (check.reads) {
    case 'exchange':
      if (subject.is !== 'exchanges') throw new Error(`${check.name} judges exchanges`)
      return judgeExchanges(check, params, subject.exchanges, context)
    case 'lines': {
      if (subject.is !== 'lines') throw new Error(`${check.name} judges lines`)
      const tally = given.tallyOf(claim, check.name, params)
      if (tally === undefined) return undecided({ kind: 'files-not-kept' })
      if (check.wants === 'profiles' && !given.profilesChecked) return neverArose({ kind: 'no-package' })
      const judged = (check as LinesCheck<unknown, unknown>).judgement(tally, params, context)
      if (subject.lost === undefined || judged.is === 'violated') return judged
      // The unread part may break the claim, or be what the claim is about.
      return undecided(subject.lost)
    }
    case 'index': {
      const index = given.source.index(claim.probe)
      return 'reason' in index
        ? undecided(index.reason)
        : (check as IndexCheck<unknown>).judge(index.value as ResourceIndex, params, context)
    }
  }
}

function judgeExchanges(
  check: ExchangeCheck<never>,
  params: unknown,
  exchanges: readonly Exchange[],
  context: CheckContext,
): Judgement {
  const each = check as ExchangeCheck<unknown>
  const silent = each.judgesSilence ? undefined : exchanges.find((it) => !it.response)
  const unheard: readonly Judgement[] = silent
    ? [undecided({ kind: 'no-response', ...requestOutcomeOf(silent) })]
    : []
  const heard = each.judgesSilence ? exchanges : exchanges.filter((it) => it.response)
  if (heard.length === 0) return unheard[0] ?? satisfied
  const judged = heard.map((exchange) => each.judge(exchange, params, context))
  // One exchange to which the claim applies decides; the others do not count.
  const decided = judged.filter((it) => !(it.is === 'undecided' && it.never))
  return combineJudgements([...(decided.length > 0 ? decided : judged), ...unheard])
}

function subjectFor(claim: PlannedClaim, given: JudgeInput): ClaimSubject {
  const evidence = given.evidence.get(claim.probe)
  if (!evidence) return { is: 'missing', reason: { kind: 'no-evidence' }, never: false }
  const label = given.probes.get(claim.probe)?.label ?? claim.probe
  const refusals = () => refusedKickoffs(claim.probe, given)
  return subjectOf(evidence, claim.part, { label, all: given.exchanges, refusals })
}

const mostExchanges = 24

function exchangesOf(test: PlannedTest, given: JudgeInput): readonly number[] {
  const least: number[] = []
  for (const claim of [test.claim, ...test.given]) {
    const subject = subjectFor(claim, given)
    if (subject.is === 'exchanges') for (const it of subject.exchanges) addLeast(least, it.number)
    if (subject.is === 'lines' || subject.is === 'index')
      for (const it of subject.files) addLeast(least, it.exchange)
    const evidence = given.evidence.get(claim.probe)
    if (evidence?.probe === 'export' && 'kickoff' in evidence.export)
      addLeast(least, evidence.export.kickoff.number)
  }
  return least
}

/** Keeps the least numbers in their order, each once: a set of all, of an export of 100,000 files, takes ten megabytes. */
function addLeast(least: number[], number: number): void {
  const isFull = least.length === mostExchanges
  if (isFull && number >= (least[mostExchanges - 1] ?? 0)) return
  const at = least.findIndex((it) => it >= number)
  if (least[at] === number) return
  least.splice(at < 0 ? least.length : at, 0, number)
  if (isFull) least.pop()
}
