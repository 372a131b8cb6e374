import { type PlannedProbe, usesExpiredToken } from '../../model/plan.ts'

/** 0: when its turn comes; 1: after what need not wait for a token to expire; 2: at the end of a run. */
export type Lateness = 0 | 1 | 2

/** When a probe is performed. `near` are the probes that it needs or sends: it waits for a token to expire if one of them does. */
export function latenessOf<P extends { readonly spec: object }>(
  probe: P,
  near: (probe: P) => readonly P[],
): Lateness {
  if (isLate(probe.spec)) return 2
  const waiting = new Set([probe])
  let lateness: Lateness = 0
  // A set hands over what is added while it is walked through.
  for (const it of waiting) {
    if (writes(it.spec)) return 2
    if (usesExpiredToken(it)) lateness = 1
    for (const other of near(it)) waiting.add(other)
  }
  return lateness
}

function isLate(spec: object): boolean {
  return 'late' in spec && spec.late === true
}

/** Exports that others compare must not contain what tests create, so it comes last, and with it what needs it. */
function writes(spec: object): boolean {
  return 'writes' in spec
}

/** When each of some probes is performed. */
export function latenessIn(probes: readonly PlannedProbe[]): (probe: PlannedProbe) => Lateness {
  const known = new Map(probes.map((it) => [it.key, it]))
  const near = (it: PlannedProbe) =>
    [...it.after, ...(it.kind === 'export' ? it.during : [])].flatMap((key) => known.get(key) ?? [])
  const found = new Map(probes.map((it) => [it.key, latenessOf(it, near)]))
  return ({ key }) => found.get(key) ?? 0
}
