import { isJsonObject, type JsonObject } from '../model/json.ts'

/**
 * Whether a Coding, or one coding of a CodeableConcept, may be of a required value set: by its code and, where all codes are of one system, by its own if
 * it has one. Text alone is no concept of a value set. Where an extension takes the place of a code, nothing can be said against it.
 */
export function satisfiesBinding(
  codes: ReadonlySet<string>,
  system: string | undefined,
  node: JsonObject,
): boolean {
  const { coding } = node
  if (!Array.isArray(coding)) return isCodedWith(codes, system, node)
  return coding.some((it) => !isJsonObject(it) || isCodedWith(codes, system, it))
}

function isCodedWith(codes: ReadonlySet<string>, system: string | undefined, node: JsonObject): boolean {
  const { code, _code, extension } = node
  if (typeof code !== 'string') return extension !== undefined || _code !== undefined
  const another = system !== undefined && typeof node.system === 'string' && node.system !== system
  return codes.has(code) && !another
}
