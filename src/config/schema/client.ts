import { defaultScope } from '../defaults.ts'
import { command, filledText, onlyMembers, record } from './parts.ts'

/** The JSON Schema of the credentials of a client in a configuration file. */
export const clientSchema = {
  description:
    'Credentials of a registered client. This file names files and environment variables with secrets, and never contains a secret.',
  ...onlyMembers({
    clientId: filledText,
    scope: {
      ...filledText,
      default: defaultScope,
      description: `Scope to request; default \`${defaultScope}\`.`,
    },
    key: { ...filledText, description: 'File with the private key: JWK, JWK Set or PEM.' },
    keyEnv: {
      ...filledText,
      description:
        'Environment variable with the private key itself, if `key` is absent; default BULKCHECK_KEY.',
    },
    kid: {
      ...filledText,
      description: 'Key id (kid): needed if the key file has none, or to select one key of a set.',
    },
    secretEnv: { ...filledText, description: 'Environment variable with the client secret.' },
    secretFile: { ...filledText, description: 'File with the client secret.' },
    method: {
      enum: ['basic', 'post'],
      description:
        'Where the client secret is sent: in the Authorization header (basic, the default) or in the form (post).',
    },
    bearer: { const: true, description: 'Use an access token that was obtained elsewhere.' },
    tokenEnv: {
      ...filledText,
      description: 'Environment variable with the access token; default BULKCHECK_BEARER_TOKEN.',
    },
    tokenUrl: {
      ...filledText,
      description: 'Token endpoint; by default it is discovered at .well-known/smart-configuration.',
    },
    tokenCommand: {
      ...command,
      description:
        'Program and arguments, started without a shell. The program prints the access token, and runs again when the token has expired.',
    },
    keyCommand: {
      ...command,
      description:
        'Program and arguments, started without a shell. The program prints the private key, and runs again when an access token has expired.',
    },
    basic: {
      $ref: '#/$defs/userPassword',
      description: 'HTTP Basic instead of an access token.',
    },
    tokenBasic: {
      $ref: '#/$defs/userPassword',
      description: 'HTTP Basic credentials for the token endpoint, in addition to the client assertion.',
    },
    aud: {
      ...filledText,
      description: 'Audience of the client assertion; by default the URL of the token endpoint.',
    },
    jwksUrl: {
      ...filledText,
      description: 'URL of the JWK Set by which the client is registered.',
    },
    serveJwks: {
      ...filledText,
      pattern: '^(?:.+:)?[0-9]{1,5}$',
      description:
        'Port at which bulkcheck serves the JWK Set on this machine, or `HOST:PORT`, so that tests can change it. The default of `jwksUrl` is then http://127.0.0.1:PORT/jwks.json.',
    },
    claims: { type: 'object', description: 'Further claims of the client assertion.' },
    tokenFields: {
      description: 'Further form fields of the token request, by name, such as `resource` and `audience`.',
      ...record({
        if: { type: 'object' },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { $ref: '#/$defs/secret' },
        else: { type: ['string', 'array'], minLength: 1, minItems: 1, items: filledText },
      }),
    },
  }),
}
