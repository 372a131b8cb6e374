import type { Prover } from './prover.ts'
import { readTables } from './tables.ts'
import { typescriptProver } from './typescript.ts'

const usual = 2 << 20

/** What a prover is opened with. */
export interface ProverOptions {
  /** Absolute references that begin with it are references into the same export. */
  readonly fhirUrl?: string
  /** How many bytes its input takes. */
  readonly capacity?: number
}

/** A prover for FHIR R4. */
export function openProver({ fhirUrl, capacity = usual }: ProverOptions = {}): Prover {
  const tables = readTables()
  const base = Buffer.from(fhirUrl === undefined ? '' : `${fhirUrl}/`)
  return typescriptProver(tables, base, capacity)
}
