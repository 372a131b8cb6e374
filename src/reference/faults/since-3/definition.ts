import type { Fault } from '../definition.ts'

/** Faults of what 3.0.0 brought. */
export const since3 = (faults: readonly Omit<Fault, 'release'>[]): readonly Fault[] =>
  faults.map((fault) => ({ ...fault, release: '3.0.0' }))
