import { isJsonObject } from '../model/json.ts'

const absentReason = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'

// Deeper than what profiles ask for.
const deepest = 20

/** Whether an element says anything: nothing, an empty object or the reason why there is nothing say nothing. */
export function hasElementContent(value: unknown, depth = 0): boolean {
  if (value === undefined || value === null) return false
  if (typeof value !== 'object' || depth > deepest) return true
  if (Array.isArray(value)) return value.some((it) => hasElementContent(it, depth + 1))
  return Object.entries(value).some(([name, it]) => {
    if (name !== 'extension' || !Array.isArray(it)) return hasElementContent(it, depth + 1)
    return it.some((extension) => isJsonObject(extension) && extension.url !== absentReason)
  })
}

/** Whether an extension stands in for the value of a primitive element somewhere below. */
export function hasExtensionForValue(it: unknown, depth = 0): boolean {
  if (typeof it !== 'object' || it === null || depth > deepest) return false
  if (Array.isArray(it)) return it.some((item) => hasExtensionForValue(item, depth + 1))
  return Object.entries(it).some(
    ([name, inner]) =>
      (name.startsWith('_') && !Object.hasOwn(it, name.slice(1))) || hasExtensionForValue(inner, depth + 1),
  )
}
