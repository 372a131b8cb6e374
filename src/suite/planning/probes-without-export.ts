import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import { latenessIn } from './lateness.ts'

/** Probes of a plan that wait neither for an export nor for the expiry of a token, which comes last. */
export function probesWithoutExport(probes: readonly PlannedProbe[]): readonly PlannedProbe[] {
  const lateness = latenessIn(probes)
  const waiting = new Set<ProbeKey>()
  // Each comes after those that it needs.
  for (const it of probes)
    if (it.kind === 'export' || lateness(it) > 0 || it.after.some((key) => waiting.has(key)))
      waiting.add(it.key)
  return probes.filter((it) => !waiting.has(it.key))
}
