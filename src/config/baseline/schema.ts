const list = { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', minLength: 1 } }

/** The JSON Schema of the parameters that narrow exports. */
export const baselineSchema = {
  description:
    'Kick-off parameters that narrow every export, for a server with much data; the server must offer them. An export that tests one of these parameters has its own value. Tests that narrowed exports cannot decide are inconclusive.',
  type: 'object',
  additionalProperties: false,
  properties: {
    _type: { ...list, description: 'Resource types to export.' },
    _since: {
      type: 'string',
      minLength: 1,
      description: 'Export only what changed after this instant, such as `2026-01-01T00:00:00Z`.',
    },
    patient: {
      ...list,
      description:
        'Ids of patients to export, or references such as `Patient/1`. Kick-off requests at patient and group level are then sent by POST. Release 1.0.1 does not have this parameter.',
    },
  },
}
