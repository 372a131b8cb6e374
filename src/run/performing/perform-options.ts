import type { Clock } from '../../model/clock.ts'
import type { PlannedProbe } from '../../model/plan.ts'
import type { Session } from '../../probe/session.ts'
import type { PlanMoment } from './settled-tests.ts'
import type { RunDeadline } from './deadline.ts'
import type { ShardScope } from './perform-probe.ts'
import type { RemainingWork } from './remaining-work.ts'

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
  readonly notify: (probe: PlannedProbe, progress: () => PlanProgress) => void
  /** Called after each probe, and once the plan has been narrowed; not after an abort. */
  readonly onProbeDone?: (moment: PlanMoment) => void
  readonly clock: Pick<Clock, 'now'>
  /** How many probes may be under way at the same time; 1 unless given. */
  readonly lanes?: number
  readonly sharing?: ShardScope
}
