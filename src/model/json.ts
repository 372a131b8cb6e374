/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Narrows to a JSON object. */
export function isJsonObject(it: unknown): it is JsonObject {
  return typeof it === 'object' && it !== null && !Array.isArray(it)
}
