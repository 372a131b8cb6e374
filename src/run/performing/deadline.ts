import type { Clock } from '../../model/clock.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { Reason } from '../../model/reason.ts'
import type { FeatureSearch } from '../features/find-features.ts'
import type { FeatureFinding } from '../features/offered-features.ts'
import type { Judging } from '../judging.ts'

/** The time that a run has. */
export interface RunDeadline {
  /** Aborted when the time is over, or when the run is interrupted. */
  readonly signal: AbortSignal
  /** Whether the time is over, and the run was not interrupted before. */
  isOver(): boolean
  /** What of some evidence remains that was being gathered when the time was over. */
  cutShort(brought: Evidence): Evidence
  /** Says of evidence that is missing that there was no time for it. */
  explainEvidence(judging: Judging): void
  /** The same features, where nobody can tell for want of time. */
  explained(features: FeatureSearch): FeatureSearch
  /** A sentence for reports if something was cut. */
  warnings(): readonly string[]
  /** From now on nothing is aborted. */
  end(): void
}

/** Opens a deadline; `undefined` where a run has all the time that it takes. */
export function openDeadline(
  maxTimeMs: number | undefined,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): RunDeadline | undefined {
  if (maxTimeMs === undefined) return undefined
  const time = new AbortController()
  const endsAt = clock.now() + maxTimeMs
  const timer = setTimeout(() => time.abort(), Math.min(maxTimeMs, longestTimer))
  const seconds = Math.ceil(maxTimeMs / 1000)
  const reason: Reason = { kind: 'out-of-time', seconds }
  const none = { probe: 'none', reason } as const
  let isCut = false
  const isOver = () => {
    if (clock.now() >= endsAt) time.abort()
    return time.signal.aborted && !signal?.aborted
  }
  return {
    signal: signal ? AbortSignal.any([signal, time.signal]) : time.signal,
    isOver,
    cutShort(brought) {
      isCut = true
      if (brought.probe !== 'export' || !('statusUrl' in brought.export)) return none
      const { kickoff, statusUrl, polls } = brought.export
      const overdue = { limit: 'run', seconds } as const
      return { ...brought, export: { state: 'overdue', kickoff, statusUrl, polls, overdue } }
    },
    explainEvidence({ plan, evidence }) {
      for (const { key } of plan.probes) {
        const brought = evidence.get(key)
        if (brought && !(brought.probe === 'none' && brought.reason.kind === 'interrupted')) continue
        isCut = true
        evidence.set(key, none)
      }
    },
    explained(features) {
      const isUnknown = (how: FeatureFinding) => typeof how === 'object' && how.kind === 'interrupted'
      const found = [...features.found].map(([it, how]) => [it, isUnknown(how) ? reason : how] as const)
      isCut ||= [...features.found.values()].some(isUnknown)
      return { ...features, found: new Map(found) }
    },
    warnings: () =>
      isCut
        ? [`The run ended after ${seconds} s (--max-time): tests that it did not reach are inconclusive.`]
        : [],
    end: () => clearTimeout(timer),
  }
}

// A timer that is set to more fires at once.
const longestTimer = 2 ** 31 - 1
