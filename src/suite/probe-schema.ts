import { exportLevels } from '../model/target.ts'
import type { Vocabulary } from './vocabulary.ts'

const ref = { $ref: '#/$defs/ref' }
const text = { $ref: '#/$defs/text' }
const patch = { $ref: '#/$defs/patch' }
const as = { $ref: '#/$defs/as' }
const types = { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } }
const texts = { type: 'array', minItems: 1, items: text }

/** The definitions of the kinds of probes, and of what they and the parameters of checks are made of. */
export function probeDefinitions({ picks }: Vocabulary): Record<string, object> {
  return {
    ref: {
      title: 'a reference `{ from, pick }`',
      description: 'A value taken from what another probe brought; that probe is performed before.',
      type: 'object',
      required: ['from', 'pick'],
      additionalProperties: false,
      properties: {
        from: { type: 'string', minLength: 1, description: 'A probe of this suite.' },
        pick: {
          title: 'pick',
          description: 'What is taken from it.',
          // A choice of nothing is no schema.
          ...(picks.length > 0
            ? { oneOf: picks.map((it) => ({ const: it.name, description: it.states })) }
            : { type: 'string' }),
        },
      },
    },
    'export-ref': {
      title: 'a reference `{ from }`',
      description: 'What another export brought, to compare with.',
      type: 'object',
      required: ['from'],
      additionalProperties: false,
      properties: { from: { type: 'string', minLength: 1, description: 'An export of this suite.' } },
    },
    text: { title: 'a text or a reference', anyOf: [{ type: 'string' }, ref] },
    patch: {
      title: 'a patch',
      description:
        'A JSON Merge Patch (RFC 7396) of what is right: `null` removes. Values can be references `{ from, pick }`.',
      type: 'object',
    },
    as: {
      title: 'credentials',
      description: 'Which credentials are sent.',
      anyOf: [
        {
          title: 'authorization',
          oneOf: [
            {
              const: 'own',
              description: "The harness's own access token. This is so where nothing is said.",
            },
            { const: 'none', description: 'No Authorization header.' },
            { const: 'garbage', description: 'A token that nobody issued.' },
            { const: 'tampered', description: 'An issued token of which one character was changed.' },
            { const: 'expired', description: 'An issued token that is used after it has expired.' },
            { const: 'other-client', description: 'A token of the second client that is configured.' },
          ],
        },
        object({ scope: { type: 'string', description: 'A token requested with this scope.' } }, ['scope']),
        object(
          {
            only: {
              ...types,
              description:
                'A token narrowed to these resource types, in the notation of the scope that is configured.',
            },
          },
          ['only'],
        ),
      ],
    },
    value: {
      title: 'a value',
      description:
        'A kick-off parameter: a text, a number, true or false, a reference, or a list, which is joined by commas and for `_typeFilter` and `patient` repeated.',
      anyOf: [
        { type: ['string', 'number', 'boolean', 'null'] },
        ref,
        texts,
        object({ repeated: { ...texts, description: 'The parameter once for each value.' } }, ['repeated']),
        object({ joined: { ...texts, description: 'One parameter, its values joined by commas.' } }, [
          'joined',
        ]),
      ],
    },
    request: request(),
    token: token(),
    export: exported(),
  }
}

function request(): object {
  return {
    title: 'request',
    ...object({
      get: { ...text, description: 'GET this, relative to the FHIR base.' },
      post: { ...text, description: 'POST to this, relative to the FHIR base.' },
      delete: {
        ...text,
        description: 'DELETE this. An export that it refers to is performed for this request alone.',
      },
      headers: { ...patch, description: 'Changes to the headers; `null` removes.' },
      body: { description: 'Sent as JSON.' },
      authorization: as,
      when: {
        description:
          'Performed while the export it refers to is in this state; without it once the export is complete.',
        oneOf: [
          {
            const: 'running',
            description: 'While it runs; the export is then performed for this request alone.',
          },
          { const: 'complete', description: 'Once it is complete.' },
          { const: 'deleted', description: 'Once it was deleted; the export says `delete`.' },
        ],
      },
    }),
    description: 'One request. Parts: response and, of an output file, resources and index.',
    oneOf: [{ required: ['get'] }, { required: ['post'] }, { required: ['delete'] }],
  }
}

function token(): object {
  return {
    title: 'token request',
    ...object({
      signedWith: {
        description: 'What the client assertion is signed with.',
        enum: ['own-key', 'unregistered-key', 'other-client-key', 'public-key-as-secret', 'none'],
      },
      header: {
        ...patch,
        description: 'Changes to the JOSE header of the client assertion; `null` removes.',
      },
      claims: {
        ...patch,
        description:
          'Changes to its claims; `null` removes. A number for `exp`, `nbf` or `iat` is in seconds from now.',
      },
      form: { ...patch, description: 'Changes to the form; `null` removes.' },
      scope: { type: 'string', description: 'The scope that is asked for.' },
      only: {
        ...types,
        description: 'Narrowed to these resource types, in the notation of the scope that is configured.',
      },
      replays: { type: 'string', description: 'The very assertion of another token request again.' },
      jtiOf: { type: 'string', description: 'A new assertion with the `jti` of another token request.' },
      spoilt: { type: 'boolean', description: 'One character of the signature is changed.' },
    }),
    description: 'One access token request, correct but for what is said here. Part: response.',
  }
}

function exported(): object {
  return {
    title: 'export',
    ...object({
      level: {
        enum: exportLevels,
        title: 'level',
        description: "The level of this export; without it each of the suite's.",
      },
      group: { ...text, description: "Id of the Group; without it the target's." },
      method: {
        enum: ['GET', 'POST'],
        description: 'How the kick-off request is sent; GET where nothing is said.',
      },
      parameters: {
        description: 'Kick-off parameters, in the query or for POST in the body.',
        type: 'object',
        additionalProperties: { $ref: '#/$defs/value' },
      },
      headers: { ...patch, description: 'Changes to the headers of the kick-off request; `null` removes.' },
      authorization: as,
      polling: {
        description: 'How its status is asked for: `polite` waits as the server says.',
        anyOf: [
          { const: 'polite' },
          object(
            {
              burst: { type: 'integer', minimum: 1, description: 'So many status requests without waiting.' },
            },
            ['burst'],
          ),
        ],
      },
      delete: {
        description: 'Deleted through its polling location.',
        oneOf: [
          { const: 'running', description: 'While it runs.' },
          { const: 'complete', description: 'Once it is complete.' },
          { const: 'twice', description: 'While it runs, and then again.' },
        ],
      },
      again: {
        type: 'string',
        minLength: 1,
        description: 'Any text: performed anew although an equal export was.',
      },
    }),
    description: 'One export, plain but for what is said here.',
  }
}

function object(properties: Record<string, object>, required: readonly string[] = []): object {
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    properties,
  }
}
