import {
  tablesEnd,
  readUnprovenParts,
  planMemory,
  readProof,
  prepareInput,
  writeMemoryPlan,
  writeTables,
} from './memory-plan.ts'
import type { Prover } from './proof.ts'
import { readBuiltFile, typeRowAddress, type ProverTables } from './tables.ts'

const page = 65536

// The smallest module that has an instruction on vectors: (func (drop (v128.const 0))).
const vectorModule = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
  ...[10, 23, 1, 21, 0, 0xfd, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a, 0x0b],
)

/** Whether WebAssembly with vectors is available here. */
export function supportsVectors(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(vectorModule)
}

/** The exports of the compiled core. */
interface WasmCore {
  proveLines(from: number, end: number, type: number): number
  countLineFeeds(from: number, end: number): number
}

/** A prover whose core runs as WebAssembly. */
export function wasmProver(tables: ProverTables, base: Uint8Array, capacity: number): Prover {
  const plan = planMemory({ from: tablesEnd(tables), base, capacity })
  const { buffer, core } = instantiate(plan.end / page)
  writeTables(buffer, tables)
  writeMemoryPlan(buffer, plan, base)
  const words = new Int32Array(buffer)
  return {
    input: Buffer.from(buffer, plan.input, capacity),
    countLineFeeds: (length) => core.countLineFeeds(plan.input, plan.input + length),
    prove(length, type, { references = true, unprovenParts = false } = {}) {
      prepareInput(buffer, plan, { length, references, unprovenParts })
      return readProof(
        buffer,
        plan,
        core.proveLines(plan.input, plan.input + length, typeRowAddress(tables, type)),
      )
    },
    unprovenPartsOf: (proof, line) => readUnprovenParts(words, plan, proof, line),
  }
}

// One for all provers of a thread.
let cachedModule: WebAssembly.Module | undefined

function compiledCore(): WebAssembly.Module {
  cachedModule ??= new WebAssembly.Module(readBuiltFile('prover.wasm'))
  return cachedModule
}

function instantiate(pages: number): { buffer: ArrayBuffer; core: WasmCore } {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const { exports } = new WebAssembly.Instance(compiledCore(), { env: { memory } })
  return { buffer: memory.buffer, core: exports as unknown as WasmCore }
}
