import { usesExpiredToken } from '../../model/plan.ts'

/** 0: when its turn comes; 1: after what need not wait for a token to expire; 2: at the end of a run. */
export type Lateness = 0 | 1 | 2

/** When a probe is performed. `near` are the probes that it needs or sends: it waits for a token to expire if one of them does. */
export function latenessOf<P extends { readonly spec: object }>(
  probe: P,
  near: (probe: P) => readonly P[],
): Lateness {
  if ('late' in probe.spec && probe.spec.late === true) return 2
  const waiting = new Set([probe])
  // A set hands over what is added while it is walked through.
  for (const it of waiting) {
    if (usesExpiredToken(it)) return 1
    for (const other of near(it)) waiting.add(other)
  }
  return 0
}
