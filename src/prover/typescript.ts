import { feedsIn, lines } from './core/lines.ts'
import { memory } from './core/machine.ts'
import { behindTables, doubtsOf, type Plan, planOf, proofOf, seal, writePlan, writeTables } from './memory.ts'
import type { Prover } from './prover.ts'
import { rowOf, type Tables } from './tables.ts'

let taken = 0
let widest: Plan | undefined

/**
 * A prover whose core runs as JavaScript. All of a thread share one memory, of which each takes its part for good, the tables, and what they write:
 * a proof is overwritten by the next call of any of them.
 */
export function typescriptProver(tables: Tables, base: Uint8Array, capacity: number): Prover {
  if (taken === 0) {
    writeTables(memory, tables)
    taken = behindTables(tables)
  }
  const plan = planOf({ from: taken, base, capacity, ...(widest ? { other: widest } : {}) })
  if (plan.end > memory.byteLength) throw new Error(`There is no room for a prover of ${capacity} bytes.`)
  taken = plan.end
  if (capacity > (widest?.capacity ?? 0)) widest = plan
  const words = new Int32Array(memory)
  return {
    input: Buffer.from(memory, plan.input, capacity),
    feedsIn: (length) => feedsIn(plan.input, plan.input + length),
    prove(length, type, { references = true, doubts = false } = {}) {
      seal(memory, plan, { length, references, doubts })
      writePlan(memory, plan, base)
      return proofOf(memory, plan, lines(plan.input, plan.input + length, rowOf(tables, type)))
    },
    doubtsOf: (proof, line) => doubtsOf(words, plan, proof, line),
  }
}
