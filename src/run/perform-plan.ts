import type { PlannedProbe } from '../model/plan.ts'
import type { Session } from '../probe/session.ts'
import { hasSucceeded } from './evidence-files.ts'
import { type FeatureSearch, findFeatures, narrowJudging } from './features/find-features.ts'
import {
  baselineFailure,
  firstProbesOf,
  orderOfFirstProbes,
  preflightReasonFor,
} from './preflight/first-probes.ts'
import type { Judging } from './judging.ts'
import { preflightProblems } from './preflight/wrong-setting.ts'
import {
  addEvidence,
  ensureEvidence,
  type OpenReaders,
  performProbe,
  type PlanState,
  type ShardScope,
} from './performing/perform-probe.ts'
import { probeReferencesIn } from '../suite/probe-references.ts'
import { probesWithoutExport, usesExpiredToken } from '../suite/planning/probe-order.ts'
import { repeatControls, type RepetitionContext } from './refusals/repeat-controls.ts'
import { countPerformed, withRepetitions } from './refusals/repetition.ts'
import { vocabularyIndex } from './vocabulary-index.ts'

/** What performing a plan needs. */
export interface PerformPlanOptions {
  readonly session: Session
  readonly signal?: AbortSignal
  readonly notify: (probe: PlannedProbe, done: number) => void
  readonly sharing?: ShardScope
}

/** What performing a plan brought. */
export interface PerformedPlan {
  readonly openReaders: OpenReaders
  /** The judging of what turned out to be there to test. */
  readonly judging: Judging
  /** Absent if there was nothing to find out. */
  readonly features?: FeatureSearch
}

/** Performs the probes of a plan, one at a time and each once, and adds what they brought to the judging. After an abort the rest is left out. */
export async function performPlan(judging: Judging, options: PerformPlanOptions): Promise<PerformedPlan> {
  const { session } = options
  const { probes, featureProbes } = judging.plan
  const state: PlanState = {
    ...{ judging, session, sharing: options.sharing },
    probes: new Map(),
    repeated: new Set(),
    exportsAsked: new Map(),
    readers: new Map(),
    openReaders: new Map(),
  }
  setProbes(state, probes)
  await performFirstProbes(state, options)
  if (probes.some((it) => usesExpiredToken(it) && !judging.evidence.has(it.key)))
    await session.obtainExpiringToken()
  const perform = (list: readonly PlannedProbe[]) => performProbes(state, list, options)
  // Replays of assertions come before exports, as in a plan with nothing to find out: servers forget assertions that have expired.
  if (featureProbes) await perform(probesWithoutExport(probes))
  const features = featureProbes ? await findFeatures(judging, perform) : undefined
  const rest = narrowJudging(judging, features)
  if (features) setProbes(state, rest.plan.probes)
  await perform(rest.plan.probes)
  if (!options.signal?.aborted)
    await repeatControls(rest.plan.probes, isWithoutJob, repetitionContext(state, options))
  return { openReaders: state.openReaders, judging: rest, ...(features ? { features } : {}) }
}

function setProbes({ probes, exportsAsked }: PlanState, planned: readonly PlannedProbe[]): void {
  probes.clear()
  exportsAsked.clear()
  for (const it of planned) {
    probes.set(it.key, it)
    if (it.kind === 'request')
      exportsAsked.set(
        it.key,
        probeReferencesIn(it.spec).map(({ from }) => from),
      )
  }
}

async function performProbes(
  state: PlanState,
  probes: readonly PlannedProbe[],
  options: PerformPlanOptions,
): Promise<void> {
  const { signal, notify } = options
  for (const probe of probes) {
    if (signal?.aborted) break
    const { evidence } = state.judging
    if (evidence.has(probe.key)) continue
    const failure = baselineFailure(probe, state.probes, evidence)
    if (failure) evidence.set(probe.key, { probe: 'none', reason: failure })
    else if (probe.kind === 'request' && probe.during) ensureEvidence(state, probe.key, probe.during)
    else {
      notify(probe, countPerformed(evidence))
      await addEvidence(state, probe, await performProbe(state, probe))
    }
    await finishProbe(state, probe, options)
  }
}

/** Repeats controls that nothing else will, and deletes the jobs that nothing needs any longer. */
async function finishProbe(
  state: PlanState,
  probe: PlannedProbe,
  options: PerformPlanOptions,
): Promise<void> {
  const repetition = repetitionContext(state, options)
  const during = probe.kind === 'export' ? probe.during.flatMap((key) => state.probes.get(key) ?? []) : []
  const performed = [probe, ...during]
  // What an export left behind can be asked for only before its job is deleted.
  await repeatControls(performed, (it) => !isWithoutJob(it), repetition)
  await state.session.deleteJobs(statusUrlsNeeded(state))
  await repeatControls(performed, isWithoutJob, repetition)
}

/** Whether a probe can be performed when the jobs before it are gone. */
function isWithoutJob({ kind }: PlannedProbe): boolean {
  return kind !== 'request'
}

function repetitionContext(state: PlanState, { notify }: PerformPlanOptions): RepetitionContext {
  const { judging, session, probes } = state
  const { evidence } = judging
  return {
    ...{ begun: state.repeated, probes, evidence },
    gathered: () => ({
      ...{ evidence, exchanges: session.exchanges, picks: vocabularyIndex.picks },
      probes: withRepetitions([...probes.values()]),
    }),
    async perform([probe, ...during]) {
      for (const it of during) probes.set(it.key, it)
      notify(probe, countPerformed(evidence))
      await addEvidence(state, probe, await performProbe(state, probe))
      for (const it of during) ensureEvidence(state, it.key, probe.key)
      if (isWithoutJob(probe)) await session.deleteJobs(statusUrlsNeeded(state))
    },
  }
}

/** Performs the probes that show whether anything can be tested, and leaves out what depends on one that was refused. */
async function performFirstProbes(state: PlanState, options: PerformPlanOptions): Promise<void> {
  const { signal, notify, session } = options
  const { judging, probes } = state
  const { target, evidence, preflight } = judging
  const first = firstProbesOf(judging.plan.probes)
  const brought = (probe: PlannedProbe | undefined) => probe && evidence.get(probe.key)
  const problems = () =>
    preflightProblems({
      ...{ target, exchanges: session.exchanges },
      ...{ discovery: brought(first.discovery), metadata: brought(first.metadata) },
      token: brought(first.token),
      kickoffs: new Map(
        [...first.kickoffs].flatMap(([level, it]) => {
          const of = brought(it)
          return of ? [[level, of] as const] : []
        }),
      ),
      descriptionOf: (exchange) => session.descriptionOf(exchange),
    })
  for (const probe of orderOfFirstProbes(first)) {
    if (signal?.aborted) return
    notify(probe, countPerformed(evidence))
    await addEvidence(state, probe, await performProbe(state, probe))
    // A server may allow one job at a time.
    await finishProbe(state, probe, options)
    if (problems().some((it) => it.step !== 'kick-off')) break
  }
  preflight.push(...problems())
  for (const probe of judging.plan.probes) {
    const reason = preflightReasonFor(probe, preflight, { probes, target })
    if (reason && !hasSucceeded(evidence.get(probe.key))) evidence.set(probe.key, { probe: 'none', reason })
  }
}

/** Polling locations of exports that a request which is still to be performed is sent to. */
function statusUrlsNeeded({ judging: { evidence }, exportsAsked }: PlanState): ReadonlySet<string> {
  const exports = new Set(
    [...exportsAsked].flatMap(([request, asked]) => (evidence.has(request) ? [] : asked)),
  )
  return new Set(
    [...exports].flatMap((key) => {
      const brought = evidence.get(key)
      return brought?.probe === 'export' && 'statusUrl' in brought.export ? [brought.export.statusUrl] : []
    }),
  )
}
