import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** Whether an object has an element, by its value or its extensions: `name.exists()`. */
export function hasElement(it: JsonObject, name: string): boolean {
  return it[name] !== undefined || it[`_${name}`] !== undefined
}

/** Whether an object has a choice element in any of its types. */
export function hasChoice(it: JsonObject, name: string): boolean {
  for (const key in it) {
    const at = key.charCodeAt(0) === 95 ? 1 : 0
    if (!key.startsWith(name, at)) continue
    const next = key.charCodeAt(at + name.length)
    if (next >= 65 && next <= 90) return true
  }
  return false
}

/** The objects of an element that can repeat. */
export function objectsIn(it: JsonObject, name: string): readonly JsonObject[] {
  const value = it[name]
  return Array.isArray(value) ? value.filter(isJsonObject) : none
}

const none: readonly JsonObject[] = []

/** The object of an element that cannot repeat; an empty one if there is none. */
export function objectIn(it: JsonObject, name: string): JsonObject {
  const value = it[name]
  return isJsonObject(value) ? value : empty
}

const empty: JsonObject = {}

/** Number of items of an element. */
export function countItems(it: JsonObject, name: string): number {
  const value = it[name]
  if (Array.isArray(value)) return value.length
  return hasElement(it, name) ? 1 : 0
}

/** Whether a concept has a coding of this system with one of these codes. */
export function isCoded(concept: unknown, system: string, codes: readonly string[]): boolean {
  if (!isJsonObject(concept)) return false
  return objectsIn(concept, 'coding').some((it) => it.system === system && codes.includes(it.code as string))
}

/** Whether no two of these values are equal; absent values do not count. */
export function isDistinct(values: readonly unknown[]): boolean {
  const seen = new Set<unknown>()
  for (const value of values) {
    if (value === undefined || value === null) continue
    if (seen.has(value)) return false
    seen.add(value)
  }
  return true
}

/** The JSON text of a value with sorted names, so that equal values have equal texts. */
export function canonicalJsonText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJsonText).join()}]`
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJsonText((value as JsonObject)[name])}`).join()}}`
}
