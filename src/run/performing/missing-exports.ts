import type { Evidence } from '../../model/evidence.ts'
import { exportsAtLevelOf, isExportToCompletion, type PlannedProbe, type ProbeKey } from '../../model/plan.ts'
import type { Reason } from '../../model/reason.ts'
import { deviates } from '../refusals/refused-kickoffs.ts'

/**
 * Why a claim about all exports at the level of one cannot be judged: the run ended before a kick-off request that may be
 * refused, or before an export that has a manifest. `undefined` if nothing is missing.
 */
export function missingExport(
  of: ProbeKey,
  reads: 'refusals' | 'completions',
  {
    probes,
    evidence,
  }: {
    readonly probes: ReadonlyMap<ProbeKey, PlannedProbe>
    readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  },
): Reason | undefined {
  for (const probe of exportsAtLevelOf(of, probes)) {
    if (!(reads === 'refusals' ? deviates : isExportToCompletion)(probe)) continue
    const brought = evidence.get(probe.key)
    if (!brought) return { kind: 'no-evidence' }
    if (brought.probe === 'none' && endsRun.has(brought.reason.kind)) return brought.reason
    if (reads === 'refusals' || brought.probe !== 'export') continue
    // An export to completion stays in progress only if the run was interrupted.
    if (brought.export.state === 'in-progress') return { kind: 'interrupted' }
    if (brought.export.state === 'overdue') {
      const { overdue } = brought.export
      if (overdue.limit === 'run') return { kind: 'out-of-time', seconds: overdue.seconds }
    }
  }
  return undefined
}

const endsRun: ReadonlySet<Reason['kind']> = new Set(['interrupted', 'out-of-time'])
