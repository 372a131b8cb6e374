import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import type { Reason, RequestKind } from '../../model/reason.ts'
import { partNames } from '../../model/parts.ts'
import { doubtAbout, type Gathered, likeRequestsIn, type LikeRequests } from './accepted-alike.ts'
import { repetitionOf } from './repetition.ts'
import { isCorrectRequest } from './request-kinds.ts'

/** What repeating controls needs. */
export interface RepetitionContext {
  /** The controls that were repeated, whether they are done or not. */
  readonly begun: Set<ProbeKey>
  readonly probes: ReadonlyMap<ProbeKey, PlannedProbe>
  /** Whether a probe was performed to its end, or never will be. */
  readonly isDone: (probe: ProbeKey) => boolean
  /** All that was gathered so far, repeated controls included. */
  readonly gathered: () => Gathered
  /** Performs a control once more, with what belongs to it. */
  readonly perform: (repetition: readonly [PlannedProbe, ...PlannedProbe[]]) => Promise<void>
}

/** Performs the controls of some probes once more where refusals lack an accepted request after them, and nothing planned will be one. */
export async function repeatControls(
  probes: Iterable<PlannedProbe>,
  isWanted: (control: PlannedProbe) => boolean,
  context: RepetitionContext,
): Promise<void> {
  for (const key of new Set([...probes].map((it) => it.control))) {
    const control = key === undefined || context.begun.has(key) ? undefined : context.probes.get(key)
    if (!control || !isWanted(control) || !isRepetitionDue(control, context)) continue
    context.begun.add(control.key)
    await context.perform(repetitionOf(control))
  }
}

function isRepetitionDue(control: PlannedProbe, { probes, isDone, gathered }: RepetitionContext): boolean {
  const deviating: PlannedProbe[] = []
  for (const it of probes.values()) {
    if (it.control !== control.key) continue
    if (!isDone(it.key)) return false
    deviating.push(it)
  }
  const known = gathered()
  const refused = deviating.filter((it) => doubtsAbout(it, { ...known, like: () => [] }).length > 0)
  if (refused.length === 0) return false
  const like = likeRequestsIn(known)
  const willBeAccepted = (kind: RequestKind) =>
    [...probes.values()].some(
      (it) => !it.repeats && !isDone(it.key) && isCorrectRequest(it, kind, known.picks),
    )
  return refused
    .flatMap((it) => doubtsAbout(it, { ...known, like }))
    .some((doubt) => doubt.kind === 'none-accepted' && doubt.side === 'after' && !willBeAccepted(doubt))
}

// The refusals of a level are those of other probes, which are asked themselves.
const partsOf = (kind: PlannedProbe['kind']) => partNames(kind).filter((it) => it !== 'refusals')
const ownParts = {
  token: partsOf('token'),
  connection: partsOf('connection'),
  request: partsOf('request'),
  export: partsOf('export'),
}

function doubtsAbout(
  probe: PlannedProbe,
  known: Gathered & { readonly like: LikeRequests },
): readonly Reason[] {
  return ownParts[probe.kind].flatMap((part) => doubtAbout(probe, part, known) ?? [])
}
