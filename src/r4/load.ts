import { readBuiltJson } from './built-file.ts'
import type { R4Model } from './model.ts'
import { restoreModel, type StoredModel } from './stored-model.ts'

let model: R4Model | undefined
let names: ReadonlySet<string> | undefined

/** FHIR R4 as the build compiled it; read once. */
export function r4Model(): R4Model {
  model ??= restoreModel(readBuiltJson<StoredModel>('model.json'))
  return model
}

/** Every name that an element has in FHIR R4, anywhere: a JSON name that is not among them may be personal data. */
export function elementNames(): ReadonlySet<string> {
  names ??= new Set(Object.values(r4Model().types).flatMap((it) => it.elements.map(({ name }) => name)))
  return names
}
