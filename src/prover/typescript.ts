import { countLineFeeds, proveLines } from './core/prove-lines.ts'
import { memory } from './core/machine.ts'
import {
  tablesEnd,
  readUnprovenParts,
  type MemoryPlan,
  planMemory,
  readProof,
  prepareInput,
  writeMemoryPlan,
  writeTables,
} from './memory-plan.ts'
import type { Prover } from './proof.ts'
import { typeRowAddress, type ProverTables } from './tables.ts'

let usedBytes = 0
let widestPlan: MemoryPlan | undefined

/**
 * A prover whose core runs as JavaScript. All provers of a thread share one memory, the tables and the outputs; each keeps its own part. The next call
 * of any of them overwrites a proof.
 */
export function typescriptProver(tables: ProverTables, base: Uint8Array, capacity: number): Prover {
  if (usedBytes === 0) {
    writeTables(memory, tables)
    usedBytes = tablesEnd(tables)
  }
  const plan = planMemory({
    from: usedBytes,
    base,
    capacity,
    ...(widestPlan ? { reusablePlan: widestPlan } : {}),
  })
  if (plan.end > memory.byteLength) throw new Error(`There is no room for a prover of ${capacity} bytes.`)
  usedBytes = plan.end
  if (capacity > (widestPlan?.capacity ?? 0)) widestPlan = plan
  const words = new Int32Array(memory)
  return {
    input: Buffer.from(memory, plan.input, capacity),
    countLineFeeds: (length) => countLineFeeds(plan.input, plan.input + length),
    prove(length, type, { references = true, unprovenParts = false } = {}) {
      prepareInput(memory, plan, { length, references, unprovenParts })
      writeMemoryPlan(memory, plan, base)
      return readProof(
        memory,
        plan,
        proveLines(plan.input, plan.input + length, typeRowAddress(tables, type)),
      )
    },
    unprovenPartsOf: (proof, line) => readUnprovenParts(words, plan, proof, line),
  }
}
