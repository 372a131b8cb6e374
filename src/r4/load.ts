import { readFileSync } from 'node:fs'
import type { R4Model } from './model.ts'
import { restoreModel, type StoredModel } from './stored-model.ts'

let model: R4Model | undefined
let names: ReadonlySet<string> | undefined

/** FHIR R4 as the build compiled it; read once. */
export function r4Model(): R4Model {
  model ??= restoreModel(readStoredModel())
  return model
}

/** Every name that an element has in FHIR R4, anywhere: a JSON name that is none of them may be somebody's data. */
export function elementNames(): ReadonlySet<string> {
  names ??= new Set(Object.values(r4Model().types).flatMap((it) => it.elements.map(({ name }) => name)))
  return names
}

function readStoredModel(): StoredModel {
  // Two folders up is the package, from src and from dist alike.
  const url = new URL('../../dist/r4/model.json', import.meta.url)
  try {
    return JSON.parse(readFileSync(url, 'utf8')) as StoredModel
  } catch (error) {
    throw new Error('dist/r4/model.json cannot be read: npm run build compiles it.', { cause: error })
  }
}
