import { type PlannedProbe, type ProbeKey, usesExpiredToken } from '../model/plan.ts'
import { lastPage } from '../probe/recording/recorder.ts'
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
  finishProbe,
  gather,
  isUnderWay,
  isWithoutJob,
  progressOf,
  repeat,
} from './performing/finish-probe.ts'
import { performInLanes } from './performing/lanes.ts'
import {
  addEvidence,
  ensureEvidence,
  type OpenReaders,
  performProbe,
  type PlanState,
} from './performing/perform-probe.ts'
import type { PerformPlanOptions } from './performing/perform-options.ts'
import { openWorkMeter } from './performing/remaining-work.ts'
import { countPerformed, repetitionOf, withRepetitions } from './refusals/repetition.ts'
import { probeReferencesIn } from '../suite/probe-references.ts'
import { probesWithoutExport } from '../suite/planning/probes-without-export.ts'

/** What performing a plan brought. */
export interface PerformedPlan {
  readonly openReaders: OpenReaders
  /** The judging of what turned out to be there to test. */
  readonly judging: Judging
  /** Absent if there was nothing to find out. */
  readonly features?: FeatureSearch
}

/**
 * Performs the probes of a plan, each once, and adds what they brought to the judging. After an abort the rest is left out.
 * However many are under way at the same time, evidence and exchanges are ordered as if it were one.
 */
export async function performPlan(judging: Judging, options: PerformPlanOptions): Promise<PerformedPlan> {
  const { session, deadline } = options
  const { probes, featureProbes } = judging.plan
  const state: PlanState = {
    ...{ judging, session, sharing: options.sharing, meter: openWorkMeter(options.clock) },
    ...{
      now: options.clock.now,
      lanes: options.lanes ?? 1,
      order: [],
      busyPages: new Set(),
      cleanup: Promise.resolve(),
    },
    narrowed: undefined,
    features: undefined,
    probes: new Map(),
    probesAndRepetitions: new Map(),
    repeated: new Set(),
    unfinished: new Set(),
    repetitionPages: new Map(
      probes.map((it, at) => [repetitionOf(it)[0].key, lastPage - probes.length + at]),
    ),
    exportsAsked: new Map(),
    readers: new Map(),
    openReaders: new Map(),
  }
  setProbes(state, probes)
  await performFirstProbes(state, options)
  session.moveErrandsToEnd()
  if (probes.some((it) => usesExpiredToken(it) && !judging.evidence.has(it.key)))
    await session.obtainExpiringToken()
  const perform = (list: readonly PlannedProbe[]) => performProbes(state, list, options)
  // Replays of assertions come before exports, as in a plan with nothing to find out: servers forget assertions that have expired.
  if (featureProbes) await perform(probesWithoutExport(probes))
  const found = featureProbes ? await findFeatures(judging, perform) : undefined
  const features = found && deadline?.isOver() ? deadline.explained(found) : found
  const rest = narrowJudging(judging, features)
  state.narrowed = rest
  state.features = features
  if (features) setProbes(state, rest.plan.probes)
  await perform(rest.plan.probes)
  await repeat(state, rest.plan.probes, isWithoutJob, options)
  showMoment(state, options)
  putInOrder(judging.evidence, [
    ...state.order,
    ...probes.map((it) => it.key),
    ...state.repetitionPages.keys(),
  ])
  if (deadline?.isOver()) deadline.explainEvidence(rest)
  return { openReaders: state.openReaders, judging: rest, ...(features ? { features } : {}) }
}

function setProbes(state: PlanState, planned: readonly PlannedProbe[]): void {
  const { probes, exportsAsked } = state
  state.probesAndRepetitions = withRepetitions(planned)
  probes.clear()
  exportsAsked.clear()
  for (const it of planned) {
    probes.set(it.key, it)
    const sources = probeReferencesIn(it.spec).map(({ from }) => from)
    if (it.kind === 'request') exportsAsked.set(it.key, sources)
    else if (it.kind === 'export')
      exportsAsked.set(
        it.key,
        sources.filter((from) => probes.get(from)?.kind === 'request'),
      )
  }
}

/** Entries in the order of some keys, which may occur again. */
function putInOrder<T>(map: Map<ProbeKey, T>, keys: readonly ProbeKey[]): void {
  for (const key of new Set(keys)) {
    const value = map.get(key)
    map.delete(key)
    if (value !== undefined) map.set(key, value)
  }
}

async function performProbes(
  state: PlanState,
  probes: readonly PlannedProbe[],
  options: PerformPlanOptions,
): Promise<void> {
  const { signal, notify } = options
  const { judging, order, unfinished, session, meter, lanes } = state
  const { evidence } = judging
  const due = probes.filter(
    ({ key }, at) => !evidence.has(key) && probes.findIndex((it) => it.key === key) === at,
  )
  const pages = new Map(due.map(({ key }) => [key, order.push(key)]))
  await performInLanes(due, {
    lanes,
    ...(signal ? { signal } : {}),
    async perform(probe, whenPutOff) {
      const page = pages.get(probe.key) ?? 0
      const failure = baselineFailure(probe, state.probes, evidence)
      if (failure) evidence.set(probe.key, { probe: 'none', reason: failure })
      else if (probe.kind === 'request' && probe.during) ensureEvidence(state, probe.key, probe.during)
      else {
        notify(probe, () => progressOf(state))
        const end = meter.begin(probe)
        unfinished.add(probe.key)
        const performer = session.onPage(page, { whenPutOff })
        end(await gather(state, probe, { page, performer, ...options }))
      }
      await finishProbe(state, probe, options)
      showMoment(state, options)
    },
  })
}

function showMoment(state: PlanState, { signal, onProbeDone }: PerformPlanOptions): void {
  if (signal?.aborted) return
  const { judging, narrowed, features, busyPages, unfinished } = state
  onProbeDone?.({
    judging: narrowed ?? judging,
    isNarrowed: narrowed !== undefined,
    ...(features ? { features } : {}),
    isDone: (key) => judging.evidence.has(key) && !unfinished.has(key) && !isUnderWay(state, key),
    isQuiet: busyPages.size === 0,
  })
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
    notify(probe, () => ({ done: countPerformed(evidence, probes), beside: 0 }))
    await addEvidence(state, probe, await performProbe(state, probe))
    if (signal?.aborted) return
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
