/** A value of another probe. */
export const ref = { $ref: '#/$defs/ref' }

/** A string or a reference. */
export const text = { $ref: '#/$defs/text' }

/** A JSON Merge Patch. */
export const patch = { $ref: '#/$defs/patch' }

/** Credentials. */
export const as = { $ref: '#/$defs/as' }

/** Names of resource types. */
export const types = { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } }

/** An object with these members only. */
export function object(properties: Record<string, object>, required: readonly string[] = []): object {
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    properties,
  }
}
