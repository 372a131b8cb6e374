import type { JsonSchema } from './check.ts'

/** A literal or a value picked from another probe. */
export const textParam: JsonSchema = { $ref: '#/$defs/text' }

/** Another export, compared with the subject. */
export const exportRefParam: JsonSchema = { $ref: '#/$defs/export-ref' }

/** Literals or picked values, at least one. */
export function textListParam(description: string): JsonSchema {
  return { type: 'array', minItems: 1, items: textParam, description }
}

/** The parameter of a check that needs none. */
export const noParams: JsonSchema = { const: true, description: 'No parameters: `true`.' }

/** An object that allows no other keys. */
export function objectParams(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false }
}

/** The same schema with a description beside it. */
export function withDescription(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description }
}
