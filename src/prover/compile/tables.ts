import type { R4Model } from '../../r4/model.ts'
import type { Tables } from '../tables.ts'
import { imageOf } from './image.ts'
import { shapesOf } from './shapes.ts'

/** The prover's tables for a model, in which what breaks one of the invariants with these keys is never proven. */
export function tablesOf(model: R4Model, judged: ReadonlySet<string>): Tables {
  const { bytes, types } = imageOf(model, shapesOf(model, judged))
  return { image: bytes, types: new Map(model.resources.map((name, i) => [name, types[i] ?? 0])) }
}
