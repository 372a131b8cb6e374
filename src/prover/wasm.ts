import { behindTables, doubtsOf, planOf, proofOf, seal, writePlan, writeTables } from './memory.ts'
import type { Prover } from './prover.ts'
import { readBuilt, rowOf, type Tables } from './tables.ts'

const page = 65536

// The smallest module that has an instruction on vectors: (func (drop (v128.const 0))).
const vectors = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
  ...[10, 23, 1, 21, 0, 0xfd, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a, 0x0b],
)

/** Whether WebAssembly can be had here, with vectors. */
export function hasVectors(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(vectors)
}

/** What the compiled core exports. */
interface Core {
  lines(from: number, end: number, type: number): number
  feedsIn(from: number, end: number): number
}

/** A prover whose core runs as WebAssembly. */
export function wasmProver(tables: Tables, base: Uint8Array, capacity: number): Prover {
  const plan = planOf({ from: behindTables(tables), base, capacity })
  const { buffer, core } = instantiate(plan.end / page)
  writeTables(buffer, tables)
  writePlan(buffer, plan, base)
  const words = new Int32Array(buffer)
  return {
    input: Buffer.from(buffer, plan.input, capacity),
    feedsIn: (length) => core.feedsIn(plan.input, plan.input + length),
    prove(length, type, { references = true, doubts = false } = {}) {
      seal(buffer, plan, { length, references, doubts })
      return proofOf(buffer, plan, core.lines(plan.input, plan.input + length, rowOf(tables, type)))
    },
    doubtsOf: (proof, line) => doubtsOf(words, plan, proof, line),
  }
}

// One for all provers of a thread.
let compiled: WebAssembly.Module | undefined

function compiledCore(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readBuilt('prover.wasm'))
  return compiled
}

function instantiate(pages: number): { buffer: ArrayBuffer; core: Core } {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const { exports } = new WebAssembly.Instance(compiledCore(), { env: { memory } })
  return { buffer: memory.buffer, core: exports as unknown as Core }
}
