import type { Clock } from '../../model/clock.ts'
import type { Evidence } from '../../model/evidence.ts'
import { isExportToCompletion, type PlannedProbe, usesExpiredToken } from '../../model/plan.ts'

/** What is left of a run, estimated. */
export interface RemainingWork {
  /** Exports that are waited for until they are complete. */
  readonly exports: number
  readonly ms: number
}

/** Measures how long probes take. */
export interface WorkMeter {
  /** Begins to measure a probe; the result is called with what it brought. */
  begin(probe: PlannedProbe): (brought: Evidence) => void
  /** What some probes take, so many at the same time; `undefined` before an export was complete. */
  remaining(probes: readonly PlannedProbe[], lanes: number): RemainingWork | undefined
}

interface Measured {
  times: number
  ms: number
}

/** A meter that has measured nothing. */
export function openWorkMeter(clock: Pick<Clock, 'now'>): WorkMeter {
  const exports: Measured = { times: 0, ms: 0 }
  const others: Measured = { times: 0, ms: 0 }
  let hasCompleted = false
  return {
    begin(probe) {
      const startedAt = clock.now()
      return (brought) => {
        const isComplete = brought.probe === 'export' && 'manifest' in brought.export
        hasCompleted ||= isComplete
        // How long a token lives says nothing about the next probe, nor how soon an export is refused.
        if (usesExpiredToken(probe) || (isExportToCompletion(probe) && !isComplete)) return
        const measured = isExportToCompletion(probe) ? exports : others
        measured.times += 1
        measured.ms += clock.now() - startedAt
      }
    },
    remaining(probes, lanes) {
      if (!hasCompleted) return undefined
      const left = probes.filter(isExportToCompletion).length
      // The last export takes as long as any, however few are left.
      const rounds = Math.ceil(left / lanes)
      return {
        exports: left,
        ms: rounds * meanMs(exports) + ((probes.length - left) / lanes) * meanMs(others),
      }
    },
  }
}

function meanMs({ times, ms }: Measured): number {
  return times === 0 ? 0 : ms / times
}
