import type { Clock } from '../model/clock.ts'
import { type PlannedProbe, type ProbeKey, usesExpiredToken } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import { lastPage } from '../probe/recorder.ts'
import type { ProbePerformer, Session } from '../probe/session.ts'
import { hasSucceeded } from './evidence-files.ts'
import { type FeatureSearch, findFeatures, narrowJudging } from './features/find-features.ts'
import {
  baselineFailure,
  firstProbesOf,
  orderOfFirstProbes,
  preflightReasonFor,
} from './preflight/first-contact.ts'
import type { Judging } from './judging.ts'
import { preflightProblems } from './preflight/preflight.ts'
import type { RunDeadline } from './performing/deadline.ts'
import { performInLanes } from './performing/lanes.ts'
import {
  addEvidence,
  ensureEvidence,
  type OpenReaders,
  performProbe,
  type PlanState,
  type ShardScope,
} from './performing/perform-probe.ts'
import { openWorkMeter, type RemainingWork } from './performing/remaining-work.ts'
import { repeatControls, type RepetitionContext } from './refusals/repeat-controls.ts'
import { countPerformed, repetitionOf, withRepetitions } from './refusals/repetition.ts'
import { vocabularyIndex } from './vocabulary-index.ts'
import { probeReferencesIn } from '../suite/probe-references.ts'
import { probesWithoutExport } from '../suite/planning/probe-order.ts'

/** How far a plan has been performed when a probe begins. */
export interface PlanProgress {
  /** Probes that were performed, or cannot be. */
  readonly done: number
  /** Other probes that are under way. */
  readonly beside: number
  /** What is left; known once an export is complete. */
  readonly left?: RemainingWork
}

/** What performing a plan needs. */
export interface PerformPlanOptions {
  readonly session: Session
  /** No probe is begun after it; `deadline` has it where there is one. */
  readonly signal?: AbortSignal
  /** Absent: the run has all the time that it takes. */
  readonly deadline?: RunDeadline
  /** Called before each probe. */
  readonly notify: (probe: PlannedProbe, progress: PlanProgress) => void
  readonly clock: Pick<Clock, 'now'>
  /** How many probes may be under way at the same time; 1 unless given. */
  readonly lanes?: number
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
    probes: new Map(),
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
  const features = featureProbes ? await findFeatures(judging, perform) : undefined
  const rest = narrowJudging(judging, features)
  if (features) setProbes(state, rest.plan.probes)
  await perform(rest.plan.probes)
  await repeat(state, rest.plan.probes, isWithoutJob, options)
  putInOrder(judging.evidence, [
    ...state.order,
    ...probes.map((it) => it.key),
    ...state.repetitionPages.keys(),
  ])
  const performed = deadline?.isOver() ? deadline.explained(rest) : rest
  return { openReaders: state.openReaders, judging: performed, ...(features ? { features } : {}) }
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
        notify(probe, progressOf(state))
        const end = meter.begin(probe)
        unfinished.add(probe.key)
        const performer = session.onPage(page, { whenPutOff })
        end(await gather(state, probe, { page, performer, ...options }))
      }
      await finishProbe(state, probe, options)
    },
  })
}

/** Performs a probe on a page and adds what it brought, as far as there was time. */
async function gather(
  state: PlanState,
  probe: PlannedProbe,
  {
    page,
    performer,
    deadline,
  }: Pick<PerformPlanOptions, 'deadline'> & { readonly page: number; readonly performer: ProbePerformer },
): Promise<Evidence> {
  const { busyPages } = state
  busyPages.add(page)
  const whole = await performProbe(state, probe, performer)
  const brought = deadline?.isOver() ? deadline.cutShort(whole) : whole
  await addEvidence(state, probe, brought).finally(() => busyPages.delete(page))
  return brought
}

/** Repeats controls that nothing else will, and deletes the jobs that nothing needs any longer. */
async function finishProbe(
  state: PlanState,
  probe: PlannedProbe,
  options: PerformPlanOptions,
): Promise<void> {
  const during = probe.kind === 'export' ? probe.during.flatMap((key) => state.probes.get(key) ?? []) : []
  const performed = [probe, ...during]
  // What an export left behind can be asked for only before its job is deleted.
  await repeat(state, performed, (it) => !isWithoutJob(it), options)
  state.unfinished.delete(probe.key)
  await deleteJobs(state)
  await repeat(state, performed, isWithoutJob, options)
}

/** Whether a probe can be performed when the jobs before it are gone. */
function isWithoutJob({ kind }: PlannedProbe): boolean {
  return kind !== 'request'
}

async function repeat(
  state: PlanState,
  probes: readonly PlannedProbe[],
  isWanted: (control: PlannedProbe) => boolean,
  options: PerformPlanOptions,
): Promise<void> {
  if (!options.signal?.aborted) await repeatControls(probes, isWanted, repetitionContext(state, options))
}

function repetitionContext(state: PlanState, options: PerformPlanOptions): RepetitionContext {
  const { judging, session, probes, order, busyPages, repetitionPages } = state
  const { evidence } = judging
  return {
    ...{ begun: state.repeated, probes },
    isDone: (key) => evidence.has(key) && ![...busyPages].some((page) => order[page - 1] === key),
    gathered: () => ({
      ...{ evidence, exchanges: session.exchanges, picks: vocabularyIndex.picks },
      probes: withRepetitions([...probes.values()]),
    }),
    async perform([probe, ...during]) {
      for (const it of during) probes.set(it.key, it)
      options.notify(probe, progressOf(state))
      const page = repetitionPages.get(probe.key) ?? lastPage
      await gather(state, probe, { page, performer: session.onPage(page), ...options })
      for (const it of during) ensureEvidence(state, it.key, probe.key)
      if (isWithoutJob(probe)) await deleteJobs(state)
    },
  }
}

/** Deletes the jobs that nothing needs any more. */
function deleteJobs(state: PlanState): Promise<void> {
  const { session, busyPages } = state
  const deleted = state.cleanup.then(() => session.deleteJobs(statusUrlsNeeded(state), busyPages))
  state.cleanup = deleted.catch(() => undefined)
  return deleted
}

function progressOf({ judging, probes, meter, busyPages, lanes }: PlanState): PlanProgress {
  const { evidence } = judging
  const left = meter.remaining([...probes.values()].filter((it) => !evidence.has(it.key)))
  return {
    ...{ done: countPerformed(evidence), beside: busyPages.size },
    ...(left ? { left: { exports: left.exports, ms: left.ms / lanes } } : {}),
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
    notify(probe, { done: countPerformed(evidence), beside: 0 })
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

/** Polling locations of exports that a request which is still to be performed is sent to. */
function statusUrlsNeeded({
  judging: { evidence },
  exportsAsked,
  unfinished,
}: PlanState): ReadonlySet<string> {
  const exports = new Set(
    [...exportsAsked].flatMap(([request, asked]) =>
      evidence.has(request) && !unfinished.has(request) ? [] : asked,
    ),
  )
  return new Set(
    [...exports].flatMap((key) => {
      const brought = evidence.get(key)
      return brought?.probe === 'export' && 'statusUrl' in brought.export ? [brought.export.statusUrl] : []
    }),
  )
}
