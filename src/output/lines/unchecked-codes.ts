import type { UncheckedCodes } from '../../model/http/exchange.ts'
import type { Proof } from '../../prover/proof.ts'
import { namedSystems } from '../../r4/code-systems.ts'

/** Counts codes that cannot be checked. */
export interface UncheckedCounter {
  readonly add: (system: string) => void
  /** `undefined` if there are none. */
  readonly counted: () => UncheckedCodes | undefined
}

let named: ReadonlySet<string> | undefined

/** Begins to count, from what a proof says of some of its lines if one is given. */
export function openUncheckedCounter(of?: {
  readonly proof: Proof
  readonly from: number
  readonly to: number
}): UncheckedCounter {
  const counts = new Map<string, number>()
  const put = (system: string) => void counts.set(system, (counts.get(system) ?? 0) + 1)
  if (of) {
    const { uncheckedEnd, unchecked } = of.proof
    const end = of.to === 0 ? 0 : (uncheckedEnd[of.to - 1] ?? 0)
    for (let at = of.from === 0 ? 0 : (uncheckedEnd[of.from - 1] ?? 0); at < end; at += 1)
      put(namedSystems()[(unchecked[2 * at + 1] ?? 0) - 1] ?? '')
  }
  return {
    add(system) {
      named ??= new Set(namedSystems())
      put(named.has(system) ? system : '')
    },
    counted: () => (counts.size === 0 ? undefined : counts),
  }
}
