import { exportLevels } from '../model/target.ts'
import { as, object, patch, ref, text, types } from './schema-parts.ts'
import { tokenSchema } from './token-schema.ts'
import type { Vocabulary } from './vocabulary.ts'

const texts = { type: 'array', minItems: 1, items: text }

/** The definitions of the kinds of probes, and of what they and the parameters of checks are made of. */
export function probeDefinitions({ picks }: Vocabulary): Record<string, object> {
  return {
    ref: {
      title: 'a reference `{ from, pick }`',
      description: 'A value from the evidence of another probe, which is performed first.',
      type: 'object',
      required: ['from', 'pick'],
      additionalProperties: false,
      properties: {
        from: { type: 'string', minLength: 1, description: 'A probe of this suite.' },
        pick: {
          title: 'pick',
          description: 'The value to take from it.',
          // An empty `oneOf` is not valid.
          ...(picks.length > 0
            ? { oneOf: picks.map((it) => ({ const: it.name, description: it.states })) }
            : { type: 'string' }),
        },
      },
    },
    'export-ref': {
      title: 'a reference `{ from }`',
      description: 'The files of another export, to compare with.',
      type: 'object',
      required: ['from'],
      additionalProperties: false,
      properties: { from: { type: 'string', minLength: 1, description: 'An export of this suite.' } },
    },
    text: { title: 'a string or a reference', anyOf: [{ type: 'string' }, ref] },
    patch: {
      title: 'a patch',
      description:
        'A JSON Merge Patch (RFC 7396) of the correct value: `null` removes a member. Values can be references `{ from, pick }`.',
      type: 'object',
    },
    as: {
      title: 'credentials',
      description: 'The credentials to send.',
      anyOf: [
        {
          title: 'authorization',
          oneOf: [
            {
              const: 'own',
              description: "The harness's own access token. This is the default.",
            },
            { const: 'none', description: 'No Authorization header.' },
            { const: 'garbage', description: 'A token that was never issued.' },
            { const: 'tampered', description: 'An issued token with one character changed.' },
            {
              const: 'wrong-scheme',
              description: 'An issued token, with a scheme other than `Bearer`.',
            },
            { const: 'unknown-user', description: 'A made-up user and password (HTTP Basic).' },
            { const: 'expired', description: 'An issued token after it has expired.' },
            { const: 'other-client', description: 'A token of the second configured client.' },
            { const: 'writer', description: 'A token that permits to write Groups as well.' },
          ],
        },
        object({ scope: { type: 'string', description: 'A token requested with this scope.' } }, ['scope']),
        object(
          {
            only: {
              ...types,
              description: 'A token for these resource types only, in the notation of the configured scope.',
            },
          },
          ['only'],
        ),
      ],
    },
    value: {
      title: 'a value',
      description:
        'A kick-off parameter: a string, a number, true or false, a reference, or a list. A list is joined by commas, or repeated for `_typeFilter` and `patient`.',
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
    token: tokenSchema(),
    connection: connection(),
    export: exported(),
  }
}

function request(): object {
  return {
    title: 'request',
    ...object({
      get: { ...text, description: 'GET this, relative to the FHIR base.' },
      post: { ...text, description: 'POST to this, relative to the FHIR base.' },
      put: { ...text, description: 'PUT to this URL.' },
      delete: {
        ...text,
        description: 'DELETE this URL. An export that the URL comes from is performed only for this request.',
      },
      headers: { ...patch, description: 'Changes to the headers; `null` removes a header.' },
      body: { description: 'Sent as JSON.' },
      writes: {
        description:
          'The request creates or updates a Group: it is sent only if writes are allowed, at the end of the run, and what it creates is deleted.',
        oneOf: [
          { const: 'synchronously', description: 'Without Prefer.' },
          {
            const: 'asynchronously',
            description: 'With Prefer: respond-async. bulkcheck follows the request to its end.',
          },
        ],
      },
      authorization: as,
      when: {
        description: 'State of the export that it refers to when the request is sent; default `complete`.',
        oneOf: [
          {
            const: 'running',
            description: 'While it runs; the export is then performed for this request only.',
          },
          { const: 'complete', description: 'After it is complete.' },
          { const: 'deleted', description: 'After it is deleted; the export needs `delete`.' },
        ],
      },
      attachment: {
        const: true,
        description: 'The response is the content of an attachment, of at most 5 MiB.',
      },
      late: {
        const: true,
        description: 'Sent at the end of the run, after the requests that wait until a token has expired.',
      },
    }),
    description:
      'One request. Parts: response; of an output file, resources and index; of a request that writes, outcome.',
    oneOf: [{ required: ['get'] }, { required: ['post'] }, { required: ['put'] }, { required: ['delete'] }],
  }
}

function connection(): object {
  return {
    title: 'connection',
    ...object(
      {
        to: {
          description: 'The host, or the URLs whose hosts are meant.',
          anyOf: [
            {
              title: 'a host',
              oneOf: [
                { const: 'base', description: 'The host of the FHIR base.' },
                { const: 'token-endpoint', description: 'The host of the token endpoint.' },
              ],
            },
            ref,
          ],
        },
        plain: {
          const: true,
          description: 'Request the CapabilityStatement over plain HTTP too; needs `to: base`.',
        },
      },
      ['to'],
    ),
    description: 'TLS handshakes with a host, one for each version. Parts: handshakes and plain.',
  }
}

function exported(): object {
  return {
    title: 'export',
    ...object({
      level: {
        enum: exportLevels,
        title: 'level',
        description: 'The level of this export; default: each level of the suite.',
      },
      group: { ...text, description: "Id of the Group; default: the target's." },
      method: {
        enum: ['GET', 'POST'],
        description: 'Method of the kick-off request; default GET.',
      },
      parameters: {
        description: 'Kick-off parameters, sent in the query, or in the body of a POST.',
        type: 'object',
        additionalProperties: { $ref: '#/$defs/value' },
      },
      headers: {
        ...patch,
        description: 'Changes to the headers of the kick-off request; `null` removes a header.',
      },
      authorization: as,
      polling: {
        description: 'How status requests are sent: `polite` waits as long as the server asks.',
        anyOf: [
          { const: 'polite' },
          object(
            {
              burst: {
                type: 'integer',
                minimum: 1,
                description: 'Number of status requests without waiting.',
              },
            },
            ['burst'],
          ),
        ],
      },
      delete: {
        description: 'When the export is deleted through its polling location.',
        oneOf: [
          { const: 'running', description: 'While it runs.' },
          { const: 'complete', description: 'After it is complete.' },
          { const: 'twice', description: 'While it runs, and then again.' },
        ],
      },
      again: {
        ...text,
        description:
          'Any text: an export with another text is another export, even if all else is equal. A reference: the export is kicked off after that probe.',
      },
      whole: { const: true, description: 'The setting `baseline` does not narrow this export.' },
    }),
    description: 'One export; each key is a deviation from the plain export.',
  }
}
