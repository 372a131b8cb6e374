/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Narrows to a JSON object. */
export function isJsonObject(it: unknown): it is JsonObject {
  return typeof it === 'object' && it !== null && !Array.isArray(it)
}

/** The JSON object that a text is; `undefined` if it is none. */
export function parseJsonObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    // The checks read the text themselves.
    return undefined
  }
}
