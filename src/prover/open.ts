import type { Prover } from './proof.ts'
import { readTables } from './tables.ts'
import { supportsVectors, wasmProver } from './wasm.ts'

const defaultCapacity = 2 << 20

// The TypeScript prover takes memory as soon as it is imported.
const isCompiled = process.env.BULKCHECK_PROVER !== 'typescript' && supportsVectors()
const typescript = isCompiled ? undefined : await import('./typescript.ts')

/** Options of a prover. */
export interface ProverOptions {
  /** Absolute references that begin with it are references into the same export. */
  readonly fhirUrl?: string
  /** Size of its input in bytes. */
  readonly capacity?: number
}

/** A prover for FHIR R4: compiled to WebAssembly if that was built, unless BULKCHECK_PROVER=typescript. */
export function openProver({ fhirUrl, capacity = defaultCapacity }: ProverOptions = {}): Prover {
  const tables = readTables()
  const base = Buffer.from(fhirUrl === undefined ? '' : `${fhirUrl.replace(/\/+$/, '')}/`)
  return typescript ? typescript.typescriptProver(tables, base, capacity) : wasmProver(tables, base, capacity)
}
