import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import type { ExportLevel } from '../../model/target.ts'
import { plainExportAt } from '../preflight/first-probes.ts'

/** Which probes must not be performed at the same time, or in another order. */
export interface ProbeOrder {
  /** What must be performed before a probe. */
  needs(probe: PlannedProbe): ReadonlySet<ProbeKey>
  /** Whether two probes would disturb each other. */
  keepApart(a: PlannedProbe, b: PlannedProbe): boolean
}

/** The order in a list of probes, each after those that it needs. */
export function orderOf(probes: readonly PlannedProbe[]): ProbeOrder {
  const known = new Map(probes.map((it) => [it.key, it]))
  const needed = new Map<ProbeKey, Set<ProbeKey>>()
  const levels = new Map<ProbeKey, ReadonlySet<ExportLevel>>()
  for (const [at, probe] of probes.entries()) {
    const own = levelsOf(probe, levels)
    levels.set(probe.key, own)
    const needs = new Set(probe.after)
    if (probe.control) needs.add(probe.control)
    if (probe.kind === 'request' && probe.during) needs.add(probe.during)
    const plain = probe.kind === 'export' && plainExportAt(probe.spec.level, known)
    const before = probes.slice(0, at)
    if (plain && before.some((it) => it.key === plain)) needs.add(plain)
    for (const it of before)
      if (ordersMatter(it, probe) && [...own].some((level) => levels.get(it.key)?.has(level)))
        needs.add(it.key)
    needed.set(probe.key, needs)
  }
  return { needs: (probe) => needed.get(probe.key) ?? new Set(), keepApart }
}

/** Whether one of two probes deletes a job, and the other asks for what a job left behind: the deletion must not affect that. */
function ordersMatter(before: PlannedProbe, after: PlannedProbe): boolean {
  return (deletes(before) && asksAfterwards(after)) || (asksAfterwards(before) && deletes(after))
}

function deletes(probe: PlannedProbe): boolean {
  if (probe.kind === 'export') return probe.intent.delete !== undefined
  return probe.kind === 'request' && probe.spec.delete !== undefined
}

function asksAfterwards(probe: PlannedProbe): boolean {
  return probe.kind === 'request' && probe.after.length > 0 && probe.during === undefined
}

function levelsOf(
  probe: PlannedProbe,
  before: ReadonlyMap<ProbeKey, ReadonlySet<ExportLevel>>,
): ReadonlySet<ExportLevel> {
  if (probe.kind === 'export') return new Set([probe.spec.level])
  return new Set(probe.after.flatMap((key) => [...(before.get(key) ?? [])]))
}

function keepApart(a: PlannedProbe, b: PlannedProbe): boolean {
  // Requests for tokens and the like take no time, and some repeat what others sent.
  if (a.kind !== 'export' && b.kind !== 'export') return true
  if (isBurst(a) || isBurst(b)) return true
  // A server may answer equal kick-offs with one job, which one of them then deletes.
  return a.kind === 'export' && b.kind === 'export' && kickoffOf(a) === kickoffOf(b)
}

/** Provokes a refusal of whatever is sent too soon. */
function isBurst(probe: PlannedProbe): boolean {
  return probe.kind === 'export' && probe.intent.polling !== 'polite'
}

function kickoffOf({ spec }: PlannedProbe & { readonly kind: 'export' }): string {
  const { level, group, method, parameters, headers, authorization } = spec
  return JSON.stringify([level, group, method, parameters, headers, authorization])
}
