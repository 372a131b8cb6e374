import { isJsonObject, type JsonObject } from '../../model/json.ts'

/**
 * Whether a Coding, or one coding of a CodeableConcept, can be in a required value set: its code is, and its system, if it has one, is not another than
 * the only system of the set. Text without a code is not in it. A code with an extension in its place is not judged.
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

/** Whether a Coding or a CodeableConcept has no code at all. */
export function hasNoCode(node: JsonObject): boolean {
  const { coding } = node
  const all = Array.isArray(coding) ? coding : [node]
  return all.every((it) => isJsonObject(it) && typeof it.code !== 'string')
}

function isCodedWith(codes: ReadonlySet<string>, system: string | undefined, node: JsonObject): boolean {
  const { code, _code, extension } = node
  if (typeof code !== 'string') return extension !== undefined || _code !== undefined
  const another = system !== undefined && typeof node.system === 'string' && node.system !== system
  return codes.has(code) && !another
}
