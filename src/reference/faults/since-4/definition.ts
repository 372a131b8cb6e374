import type { Fault } from '../definition.ts'

/** Faults of what 4.0.0 brought. */
export const since4 = (faults: readonly Omit<Fault, 'release'>[]): readonly Fault[] =>
  faults.map((fault) => ({ ...fault, release: '4.0.0-ballot' }))
