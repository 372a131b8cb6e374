import type { R4Model } from '../../r4/model.ts'
import type { ProverTables } from '../tables.ts'
import { compileImage } from './table-image.ts'
import { compileShapes } from './compile-shapes.ts'

/** The prover's tables for a model; a line that breaks one of the invariants with these keys is never proven. */
export function compileTables(model: R4Model, judged: ReadonlySet<string>): ProverTables {
  const { bytes, types } = compileImage(model, compileShapes(model, judged))
  return { image: bytes, types: new Map(model.resources.map((name, i) => [name, types[i] ?? 0])) }
}
