import { isJsonObject, type JsonObject } from '../json.ts'

/**
 * What the header of a block in organized output refers to: the reference in the parameter `header` of a Parameters resource, the only one
 * that it has. `undefined` for any other object.
 */
export function blockHeader({ resourceType, parameter }: JsonObject): string | undefined {
  if (resourceType !== 'Parameters' || !Array.isArray(parameter) || parameter.length !== 1) return undefined
  const [only] = parameter as readonly unknown[]
  const reference = isJsonObject(only) && only.name === 'header' ? only.valueReference : undefined
  return isJsonObject(reference) && typeof reference.reference === 'string' ? reference.reference : undefined
}
