import { type PlannedProbe, type ProbeKey, usesExpiredToken } from '../../model/plan.ts'

/** Probes of a plan that wait neither for an export nor for the expiry of a token, which comes last. */
export function probesWithoutExport(probes: readonly PlannedProbe[]): readonly PlannedProbe[] {
  const waiting = new Set<ProbeKey>()
  // Each comes after those that it needs.
  for (const it of probes)
    if (
      it.kind === 'export' ||
      usesExpiredToken(it) ||
      isLate(it) ||
      it.after.some((key) => waiting.has(key))
    )
      waiting.add(it.key)
  return probes.filter((it) => !waiting.has(it.key))
}

/** Whether a request is sent at the end of a run. */
export function isLate(probe: PlannedProbe): boolean {
  return probe.kind === 'request' && probe.spec.late === true
}
