import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import type { Reason } from '../../model/reason.ts'
import { partNames } from '../../model/parts.ts'
import { doubtAbout, type Gathered, likeRequestsIn, type LikeRequests } from './accepted-alike.ts'
import { isRepetition, repetitionOf } from './repetition.ts'
import { isCorrectRequest } from './request-kinds.ts'

/** What repeating controls needs. */
export interface RepetitionContext {
  /** The controls that were repeated, whether they are done or not. */
  readonly begun: Set<ProbeKey>
  /** As far as the plan has been performed. */
  readonly gathered: () => Gathered
  /** Performs a control once more, with what belongs to it. */
  readonly perform: (repetition: readonly [PlannedProbe, ...PlannedProbe[]]) => Promise<void>
}

/** Performs the controls of some probes once more where refusals lack an accepted request after them, and nothing planned will be one. */
export async function repeatControls(
  probes: Iterable<PlannedProbe>,
  isWanted: (control: PlannedProbe) => boolean,
  { begun, gathered, perform }: RepetitionContext,
): Promise<void> {
  for (const key of new Set([...probes].map((it) => it.control))) {
    const now = gathered()
    const control = key === undefined || begun.has(key) ? undefined : now.probes.get(key)
    if (!control || !isWanted(control) || !isRepetitionDue(control, now)) continue
    begun.add(control.key)
    await perform(repetitionOf(control))
  }
}

function isRepetitionDue(control: PlannedProbe, gathered: Gathered): boolean {
  const { probes, evidence, picks } = gathered
  const planned = [...probes.values()].filter((it) => !isRepetition(it.key))
  const deviating = planned.filter((it) => it.control === control.key)
  if (deviating.some((it) => !evidence.has(it.key))) return false
  const remaining = planned.filter((it) => !evidence.has(it.key))
  const like = likeRequestsIn(gathered)
  return deviating
    .flatMap((it) => doubtsAbout(it, { ...gathered, like }))
    .some(
      (doubt) =>
        doubt.kind === 'none-accepted' &&
        doubt.side === 'after' &&
        !remaining.some((it) => isCorrectRequest(it, doubt, picks)),
    )
}

function doubtsAbout(
  probe: PlannedProbe,
  known: Gathered & { readonly like: LikeRequests },
): readonly Reason[] {
  return partNames(probe.kind).flatMap((part) => doubtAbout(probe, part, known) ?? [])
}
