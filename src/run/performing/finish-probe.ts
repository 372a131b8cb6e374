import { lastPage } from '../../probe/recording/recorder.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import type { ProbePerformer } from '../../probe/session.ts'
import { repeatControls, type RepetitionContext } from '../refusals/repeat-controls.ts'
import { countPerformed } from '../refusals/repetition.ts'
import { vocabularyIndex } from '../vocabulary-index.ts'
import type { PerformPlanOptions, PlanProgress } from './perform-options.ts'
import { addEvidence, ensureEvidence, performProbe, type PlanState } from './perform-probe.ts'

/** Performs a probe on a page and adds what it brought, as far as there was time. */
export async function gather(
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
export async function finishProbe(
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
export function isWithoutJob({ kind }: PlannedProbe): boolean {
  return kind !== 'request'
}

/** Repeats controls of some probes as `finishProbe` does; not after an abort. */
export async function repeat(
  state: PlanState,
  probes: readonly PlannedProbe[],
  isWanted: (control: PlannedProbe) => boolean,
  options: PerformPlanOptions,
): Promise<void> {
  if (!options.signal?.aborted) await repeatControls(probes, isWanted, repetitionContext(state, options))
}

function repetitionContext(state: PlanState, options: PerformPlanOptions): RepetitionContext {
  const { judging, session, probes, repetitionPages } = state
  const { evidence } = judging
  return {
    ...{ begun: state.repeated, probes },
    isDone: (key) => evidence.has(key) && !isUnderWay(state, key),
    gathered: () => ({
      ...{ evidence, exchanges: session.exchanges, picks: vocabularyIndex.picks },
      probes: state.probesAndRepetitions,
    }),
    async perform([probe, ...during]) {
      for (const it of during) probes.set(it.key, it)
      options.notify(probe, () => progressOf(state))
      const page = repetitionPages.get(probe.key) ?? lastPage
      await gather(state, probe, { page, performer: session.onPage(page), ...options })
      for (const it of during) ensureEvidence(state, it.key, probe.key)
      if (isWithoutJob(probe)) await deleteJobs(state)
    },
  }
}

/** Whether a probe is being performed. */
export function isUnderWay({ busyPages, order }: PlanState, key: ProbeKey): boolean {
  for (const page of busyPages) if (order[page - 1] === key) return true
  return false
}

/** Deletes the jobs that nothing needs any longer. */
function deleteJobs(state: PlanState): Promise<void> {
  const { session, busyPages } = state
  const deleted = state.cleanup.then(() => session.deleteJobs(() => statusUrlsNeeded(state), busyPages))
  state.cleanup = deleted.catch(() => undefined)
  return deleted
}

/** How far a plan has been performed. */
export function progressOf(state: PlanState): PlanProgress {
  const { judging, probes, probesAndRepetitions, meter, busyPages, lanes } = state
  const { evidence } = judging
  const left = meter.remaining(
    [...probes.values()].filter((it) => !evidence.has(it.key)),
    lanes,
  )
  return {
    done: countPerformed(evidence, probesAndRepetitions),
    beside: busyPages.size,
    ...(left ? { left } : {}),
  }
}

/** Polling locations of exports that a request which is still to be performed is sent to, and what was created for probes that are. */
function statusUrlsNeeded({
  judging: { evidence },
  exportsAsked,
  unfinished,
}: PlanState): ReadonlySet<string> {
  const urls = new Set<string>()
  for (const [request, asked] of exportsAsked) {
    if (evidence.has(request) && !unfinished.has(request)) continue
    for (const key of asked) {
      const brought = evidence.get(key)
      if (brought?.probe === 'export' && 'statusUrl' in brought.export) urls.add(brought.export.statusUrl)
      if (brought?.probe === 'request' && brought.write?.created) urls.add(brought.write.created)
    }
  }
  return urls
}
