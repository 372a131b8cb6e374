import { object, patch, text, types } from './schema-parts.ts'

/** The schema of a token probe. */
export function tokenSchema(): object {
  return {
    title: 'token request',
    ...object({
      signedWith: {
        description: 'The key that signs the client assertion.',
        enum: ['own-key', 'unregistered-key', 'other-client-key', 'public-key-as-secret', 'none'],
      },
      header: {
        ...patch,
        description: 'Changes to the JOSE header of the client assertion; `null` removes a member.',
      },
      claims: {
        ...patch,
        description:
          'Changes to its claims; `null` removes a claim. A number for `exp`, `nbf` or `iat` is in seconds from now.',
      },
      form: { ...patch, description: 'Changes to the form; `null` removes a field.' },
      scope: { ...text, description: 'The scope to request.' },
      only: {
        ...types,
        description: 'For these resource types only, in the notation of the configured scope.',
      },
      replays: { type: 'string', description: 'Send the assertion of another token request again.' },
      jtiOf: { type: 'string', description: 'Send a new assertion with the `jti` of another token request.' },
      listedAudience: { type: 'boolean', description: 'Send `aud` as an array, which RFC 7519 allows.' },
      client: { const: 'other', description: 'The second client makes the request.' },
      otherAlgorithm: { const: true, description: 'Name an `alg` that does not fit the key.' },
      namesKeySet: {
        const: true,
        description: 'Name the registered URL of the JWK Set in `jku`; needs `jwks-url`.',
      },
      keySet: {
        description: 'What the JWK Set that bulkcheck hosts has meanwhile; needs `hosted-jwks`.',
        ...object({
          keys: {
            description: 'The keys; default `own`.',
            oneOf: [
              { const: 'own', description: 'The registered keys.' },
              { const: 'fresh', description: 'A new key as well, which signs the assertion.' },
              {
                const: 'same-kid',
                description: 'Another key as well, with the kid and of the type of the key that signs.',
              },
              { const: 'replaced', description: 'Another key in place of the registered ones.' },
              { const: 'unreachable', description: 'Requests for the JWK Set get no response.' },
            ],
          },
          maxAge: {
            type: 'integer',
            minimum: 1,
            description: 'Seconds for which it may be cached; default: not at all.',
          },
        }),
      },
      algorithm: { enum: ['ES384', 'RS384', 'ES256'], description: 'The algorithm of a fresh key.' },
      primed: {
        description: 'A correct token request comes first, with a JWK Set that may be cached.',
        ...object(
          {
            maxAge: { type: 'integer', minimum: 1, description: 'Seconds for which it may be cached.' },
            waits: { type: 'integer', minimum: 1, description: 'Seconds that pass then.' },
          },
          ['maxAge'],
        ),
      },
      late: { const: true, description: 'Make the request at the end of the run.' },
      spoilt: { type: 'boolean', description: 'Change one character of the signature.' },
    }),
    description:
      'One access token request; each key is a deviation from the correct request. Part: response.',
  }
}
