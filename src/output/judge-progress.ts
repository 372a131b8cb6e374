import { steadyNow } from '../model/clock.ts'
import type { LineCounts } from './lines/line-counts.ts'
import type { SliceProgressListener } from './local-judge.ts'

/** The amount of the files that has been judged. */
export interface JudgeProgress {
  readonly bytes: number
  readonly resources: number
}

/** Adds up what slices report. */
export interface ProgressReporter {
  /** A listener for one slice, called with the amount of it that has been judged so far. */
  ofSlice(): SliceProgressListener
  /** Reports the sum now, even if it was reported just before. */
  finish(): void
}

const intervalMs = 100

/** Opens a reporter that calls `onProgress` at most ten times a second. */
export function openProgressReporter(
  onProgress: (progress: JudgeProgress) => void = () => undefined,
): ProgressReporter {
  const sum = { bytes: 0, resources: 0 }
  let reportedAt = 0
  const add = (bytes: number, resources: number) => {
    sum.bytes += bytes
    sum.resources += resources
    if (steadyNow() - reportedAt < intervalMs) return
    reportedAt = steadyNow()
    onProgress({ ...sum })
  }
  return {
    ofSlice() {
      let last: JudgeProgress = { bytes: 0, resources: 0 }
      return (counted) => {
        const now = { bytes: counted.bytes, resources: resourcesOf(counted) }
        add(now.bytes - last.bytes, now.resources - last.resources)
        last = now
      }
    },
    finish: () => onProgress({ ...sum }),
  }
}

function resourcesOf({ resources }: LineCounts): number {
  return Object.values(resources).reduce((sum, it) => sum + it, 0)
}
