import type { JsonSchema } from './check.ts'

/** A literal or a value picked from another probe. */
export const text: JsonSchema = { $ref: '#/$defs/text' }

/** Another export, compared with the subject. */
export const exportRef: JsonSchema = { $ref: '#/$defs/export-ref' }

/** Literals or picked values, at least one. */
export function texts(description: string): JsonSchema {
  return { type: 'array', minItems: 1, items: text, description }
}

/** For a check that has nothing to be told. */
export const plain: JsonSchema = { const: true, description: 'Nothing to be told: `true`.' }

/** An object that allows no other keys. */
export function options(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false }
}

/** The same schema with a description beside it. */
export function described(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description }
}
