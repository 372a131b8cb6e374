import type { OverdueCause } from '../model/export/export.ts'

/** Why a run stopped waiting for an export; it completes "export plain@group did not complete: …". */
export function overdueText(overdue: OverdueCause): string {
  switch (overdue.limit) {
    case 'polls':
      return `it was still in progress after ${overdue.polls} status requests`
    case 'time':
      return `it was still in progress after ${overdue.seconds} s`
    case 'run':
      return `it was still in progress when the run ended after ${overdue.seconds} s (--max-time)`
    case 'retry-after':
      return `the next status request was due in ${overdue.dueIn} s, but the time limit for an export left only ${overdue.left} s`
  }
}
