import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'

const suffix = ' once more'

/**
 * A control once more, so that refusals stand between two accepted requests. An export is kicked off, its status is requested once, and nothing
 * waits for it.
 */
export function repetitionOf(control: PlannedProbe): readonly [PlannedProbe, ...PlannedProbe[]] {
  const key = control.key + suffix
  const label = control.label + suffix
  if (control.kind !== 'export') return [{ ...control, key, label, repeats: true }]
  const { level } = control.spec
  const status = `status of ${key}`
  return [
    {
      ...{ kind: 'export', key, label, repeats: true, after: [], spec: { level } },
      intent: { upTo: 'kickoff', again: false, polling: 'polite' },
      during: [status],
    },
    {
      ...{ kind: 'request', key: status, label: `status of ${label}`, repeats: true, after: [key] },
      spec: { get: { from: key, pick: 'statusUrl' }, when: 'running' },
      spooled: false,
      during: key,
    },
  ]
}

/** Probes by key, with every control once more, whether it is performed or not. */
export function withRepetitions(probes: readonly PlannedProbe[]): ReadonlyMap<ProbeKey, PlannedProbe> {
  const known = madeBefore.get(probes)
  if (known) return known
  const controls = new Set(probes.map((it) => it.control))
  const repetitions = probes.filter((it) => controls.has(it.key)).flatMap(repetitionOf)
  const made = new Map([...probes, ...repetitions].map((it) => [it.key, it]))
  madeBefore.set(probes, made)
  return made
}

/** A run asks after each probe. */
const madeBefore = new WeakMap<readonly PlannedProbe[], ReadonlyMap<ProbeKey, PlannedProbe>>()

/** How many probes of a plan are done; a control that is repeated does not count. */
export function countPerformed(
  evidence: ReadonlyMap<ProbeKey, unknown>,
  probes: ReadonlyMap<ProbeKey, PlannedProbe>,
): number {
  let count = 0
  for (const key of evidence.keys()) if (!probes.get(key)?.repeats) count += 1
  return count
}
