import type { OutputFile } from '../model/http/exchange.ts'
import type { Clock } from '../model/clock.ts'
import { isSuccess } from '../model/http/status.ts'
import { type PlannedProbe, type ProbeKey, usesExpiredToken } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Reason } from '../model/reason.ts'
import type { Shard } from '../model/export/shard.ts'
import type { Session } from '../probe/session.ts'
import { hasFilesToRead, outputFilesOf } from './evidence-files.ts'
import { type FeatureSearch, findFeatures, narrowJudging } from './features/find-features.ts'
import {
  baselineFailure,
  firstProbesOf,
  orderOfFirstProbes,
  preflightReasonFor,
} from './preflight/first-contact.ts'
import { followUpRequest } from './follow-up-request.ts'
import type { Judging } from './judging.ts'
import { preflightProblems } from './preflight/preflight.ts'
import { type ProbeFilesReader, readAllFiles } from './probe-files.ts'
import { openWorkMeter, type RemainingWork, type WorkMeter } from './remaining-work.ts'
import { probeReferencesIn } from '../suite/probe-references.ts'
import { resolveReferences } from './resolve-references.ts'
import { vocabularyIndex } from './vocabulary-index.ts'

/** How the files of some exports are shared with other machines. */
interface ShardScope {
  readonly shard: Shard
  /** Exports of whose files this machine takes its part. */
  readonly sharedProbes: ReadonlySet<ProbeKey>
  /** Further probes whose files other machines need. */
  readonly neededProbes: ReadonlySet<ProbeKey>
  /** Called when an export that is shared is complete. */
  readonly onExportComplete: (probe: PlannedProbe, brought: Evidence, reading: ProbeFilesReader) => void
}

/** What performing a plan needs. */
export interface PerformPlanOptions {
  readonly session: Session
  readonly signal?: AbortSignal
  /** Called before each probe, with how many were performed and what is left, once that can be estimated. */
  readonly notify: (probe: PlannedProbe, done: number, left?: RemainingWork) => void
  readonly clock: Pick<Clock, 'now'>
  readonly sharing?: ShardScope
}

/** Readers of files that are shared with other machines. */
type OpenReaders = ReadonlyMap<ProbeKey, ProbeFilesReader>

/** How far a plan has been performed; what was gathered is in the judging. */
interface PlanState {
  readonly judging: Judging
  readonly session: Session
  readonly sharing: ShardScope | undefined
  readonly meter: WorkMeter
  readonly probes: Map<ProbeKey, PlannedProbe>
  /** The exports that a request is sent to, by request. */
  readonly exportsAsked: Map<ProbeKey, readonly ProbeKey[]>
  /** Of exports whose files are arriving. */
  readonly readers: Map<ProbeKey, ProbeFilesReader>
  readonly openReaders: Map<ProbeKey, ProbeFilesReader>
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
    ...{ judging, session, sharing: options.sharing, meter: openWorkMeter(options.clock) },
    probes: new Map(),
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
  { signal, notify }: PerformPlanOptions,
): Promise<void> {
  for (const probe of probes) {
    if (signal?.aborted) break
    const { evidence } = state.judging
    if (evidence.has(probe.key)) continue
    const failure = baselineFailure(probe, state.probes, evidence)
    if (failure) evidence.set(probe.key, { probe: 'none', reason: failure })
    else if (probe.kind === 'request' && probe.during) ensureEvidence(state, probe.key, probe.during)
    else {
      notify(probe, evidence.size, remainingWork(state))
      const end = state.meter.begin(probe)
      await addEvidence(state, probe, await performProbe(state, probe))
      end(evidence.get(probe.key) ?? { probe: 'none', reason: { kind: 'no-evidence' } })
    }
    await state.session.deleteJobs(statusUrlsNeeded(state))
  }
}

/** What is left to be performed. */
function remainingWork({ judging, probes, meter }: PlanState): RemainingWork | undefined {
  return meter.remaining([...probes.values()].filter((it) => !judging.evidence.has(it.key)))
}

/** Performs the probes that show whether anything can be tested, and leaves out what depends on one that was refused. */
async function performFirstProbes(
  state: PlanState,
  { signal, notify, session }: PerformPlanOptions,
): Promise<void> {
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
    notify(probe, evidence.size)
    await addEvidence(state, probe, await performProbe(state, probe))
    // A server may allow one job at a time.
    await session.deleteJobs(statusUrlsNeeded(state))
    if (problems().some((it) => it.step !== 'kick-off')) break
  }
  preflight.push(...problems())
  for (const probe of judging.plan.probes) {
    const reason = preflightReasonFor(probe, preflight, { probes, target })
    if (reason && !hasSucceeded(evidence.get(probe.key))) evidence.set(probe.key, { probe: 'none', reason })
  }
}

/** Whether a request was answered with success, so that its tests can be judged whatever was refused after it. */
function hasSucceeded(evidence: Evidence | undefined): boolean {
  return evidence?.probe === 'request' && isSuccess(evidence.exchanges.at(-1)?.response?.status)
}

/** Probes of a plan that wait neither for an export nor for the expiry of a token, which comes last. */
function probesWithoutExport(probes: readonly PlannedProbe[]): readonly PlannedProbe[] {
  const waiting = new Set<ProbeKey>()
  // Each comes after those that it needs.
  for (const it of probes)
    if (it.kind === 'export' || usesExpiredToken(it) || it.after.some((key) => waiting.has(key)))
      waiting.add(it.key)
  return probes.filter((it) => !waiting.has(it.key))
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

/** A request during an export was performed while that ran, or never. */
function ensureEvidence({ judging, probes }: PlanState, probe: ProbeKey, during: ProbeKey): void {
  if (judging.evidence.has(probe)) return
  const label = probes.get(during)?.label
  const reason: Reason = { kind: 'never-running', ...(label === undefined ? {} : { probe: label }) }
  judging.evidence.set(probe, { probe: 'none', reason })
}

async function performProbe(state: PlanState, probe: PlannedProbe): Promise<Evidence> {
  const { judging, session, sharing } = state
  const spec = resolveReferences(probe.spec, judging.source)
  if ('reason' in spec) return { probe: 'none', reason: spec.reason }
  if (probe.kind === 'token') return session.performToken(spec.value as never, probe.key)
  if (probe.kind === 'request') {
    const { picks } = vocabularyIndex
    const evidenceOf = (from: ProbeKey) => judging.evidence.get(from)
    const how = followUpRequest(probe.spec, evidenceOf, session.exchanges, picks)
    if ('reason' in how) return { probe: 'none', reason: how.reason }
    return session.performRequest({ ...(spec.value as object), ...how, spooled: probe.spooled } as never)
  }
  const intent = sharing && isShared(state, probe) ? { ...probe.intent, share: sharing.shard } : probe.intent
  return session.performExport(spec.value as never, intent, {
    whileRunning: (running) => performDuring(state, probe, probe.during, running),
    beginFile(file, running) {
      if (!judging.isRead(probe.key)) return undefined
      judging.evidence.set(probe.key, running)
      const reader = state.readers.get(probe.key) ?? openReader(state, probe, running)
      state.readers.set(probe.key, reader)
      return reader.beginFile(file)
    },
    waitForSpace: async () => state.readers.get(probe.key)?.waitForSpace(),
  })
}

/** Performs the requests that are due while an export runs. */
async function performDuring(
  state: PlanState,
  { key }: PlannedProbe,
  during: readonly ProbeKey[],
  running: Evidence,
): Promise<void> {
  const { evidence, picked } = state.judging
  evidence.set(key, running)
  for (const it of during) {
    const request = state.probes.get(it)
    if (request) await addEvidence(state, request, await performProbe(state, request))
  }
  // Values picked while it ran may differ after its end.
  for (const name of picked.keys()) if (name.startsWith(`${key}#`)) picked.delete(name)
}

/** Adds what a probe brought, its files read; those of an export that is shared are not read to their end here. */
async function addEvidence(state: PlanState, probe: PlannedProbe, brought: Evidence): Promise<void> {
  const { judging, readers, session } = state
  judging.evidence.set(probe.key, brought)
  const begun = readers.get(probe.key)
  readers.delete(probe.key)
  const isRead = judging.isRead(probe.key)
  if (isShared(state, probe)) {
    if (!begun && isRead && (listsFiles(brought) || hasFilesToRead(brought)))
      openReader(state, probe, brought)
  } else if (begun) judging.files.set(probe.key, await begun.finish())
  else if (isRead && hasFilesToRead(brought)) {
    const bytesOf = (file: OutputFile) => ({ stream: session.read(file) })
    const reader = openReader(state, probe, brought)
    judging.files.set(probe.key, await readAllFiles(reader, outputFilesOf(brought), bytesOf))
  }
}

function openReader(state: PlanState, probe: PlannedProbe, brought: Evidence): ProbeFilesReader {
  const { judging, sharing, openReaders } = state
  const reader = judging.openReader(probe)
  if (isShared(state, probe) || sharing?.neededProbes.has(probe.key)) openReaders.set(probe.key, reader)
  if (isShared(state, probe)) sharing?.onExportComplete(probe, brought, reader)
  return reader
}

function isShared({ sharing }: PlanState, { key }: PlannedProbe): boolean {
  return sharing?.sharedProbes.has(key) === true
}

function listsFiles(evidence: Evidence): boolean {
  return (
    evidence.probe === 'export' &&
    evidence.export.state === 'complete' &&
    evidence.export.manifest.items.length > 0
  )
}
