import { lines } from './core/lines.ts'
import { attach } from './core/machine.ts'
import { fill, planOf, proofOf, seal } from './memory.ts'
import type { Prover } from './prover.ts'
import { rowOf, type Tables } from './tables.ts'

/** A prover whose core runs as JavaScript. */
export function typescriptProver(tables: Tables, base: Uint8Array, capacity: number): Prover {
  const plan = planOf(tables, base, capacity)
  const memory = new ArrayBuffer(plan.size)
  fill(memory, plan, { tables, base })
  return {
    input: Buffer.from(memory, plan.input, capacity),
    prove(length, type) {
      seal(memory, plan, length)
      attach(memory)
      const found = lines(plan.input, plan.input + length, rowOf(tables, type))
      return proofOf(memory, plan, found)
    },
  }
}
