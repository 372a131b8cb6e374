/** A text that is not empty. */
export const filledText = { type: 'string', minLength: 1 }

/** A program and its arguments. */
export const command = { type: 'array', minItems: 1, items: filledText }

/** An object with these members only, all of them optional. */
export function onlyMembers(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', additionalProperties: false, properties }
}

/** An object whose members are alike, whatever their names. */
export function record(values: object): object {
  return { type: 'object', additionalProperties: values }
}
