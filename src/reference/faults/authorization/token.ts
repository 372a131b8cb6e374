import { honestConduct } from '../../conduct/conduct.ts'
import { type Fault, onAnswer } from '../definition.ts'
import {
  type JsonRecord,
  withBody,
  withHeader,
  withJson,
  withoutHeader,
  withStatus,
} from '../../http-message.ts'
import { parseScope } from '../../authorization/scopes.ts'

const granted = (change: (body: JsonRecord) => JsonRecord) =>
  onAnswer('token.granted', (r) => withJson(r, change))

const refusedBody = (change: (body: JsonRecord) => JsonRecord) =>
  onAnswer('token.refused', (r) => withJson(r, change))

const without =
  (name: string) =>
  ({ [name]: _, ...rest }: JsonRecord) =>
    rest

const refusesV1 = {
  parsesScope: (scope: string) => (/\.(read|write|\*)$/.test(scope) ? undefined : parseScope(scope)),
}

/** Faults of the token endpoint. */
export const authFaults: readonly Fault[] = [
  // A server that refuses every form issues no tokens.
  {
    id: 'token-wants-json',
    breaks: 'auth.token.form-encoded',
    also: [
      'auth.token.accepts-valid',
      'auth.token.alg.baseline',
      'auth.token.jwt.jku-absent',
      'auth.discovery.conveys-endpoints',
    ],
    conduct: onAnswer('token.granted', (r) => withStatus(r, 415)),
  },
  {
    id: 'token-response-as-text',
    breaks: 'auth.token.response.json',
    conduct: onAnswer('token.granted', (r) => withHeader(r, 'Content-Type', 'text/plain')),
  },
  {
    id: 'empty-access-token',
    breaks: 'auth.token.response.access-token',
    conduct: granted((body) => ({ ...body, access_token: '' })),
  },
  {
    id: 'token-type-mac',
    breaks: 'auth.token.response.token-type',
    conduct: granted((body) => ({ ...body, token_type: 'mac' })),
  },
  {
    id: 'token-valid-for-two-days',
    breaks: 'auth.token.short-lived',
    also: ['auth.token.expires-in-max'],
    conduct: granted((body) => ({ ...body, expires_in: 172_800 })),
  },
  {
    id: 'expires-in-as-text',
    breaks: 'auth.token.response.expires-in',
    conduct: granted((body) => ({ ...body, expires_in: String(body.expires_in) })),
  },
  {
    id: 'token-response-without-scope',
    breaks: 'auth.token.response.scope',
    conduct: granted(without('scope')),
  },
  {
    id: 'tokens-live-an-hour',
    breaks: 'auth.token.expires-in-max',
    configuration: { tokenLifetime: 3600 },
    conduct: {},
  },
  {
    id: 'expired-token-reads',
    breaks: 'auth.token.expiry-enforced',
    configuration: { tokenLifetime: 20 },
    conduct: {
      admitsCredential: (credential, endpoint, url) =>
        honestConduct.admitsCredential(credential, endpoint, url) ||
        (credential === 'expired' && endpoint === 'status'),
    },
  },
  {
    id: 'more-scope-stated-than-asked',
    breaks: 'auth.token.scope-limited',
    conduct: granted((body) => ({
      ...body,
      scope: `${body.scope} system/Observation.read system/Condition.read`,
    })),
  },
  { id: 'v1-scopes-unknown', breaks: 'auth.token.scope.v1-processed', conduct: refusesV1 },
  {
    id: 'v1-scopes-unknown-stu1',
    breaks: 'auth.token.scope.system-v1',
    release: '1.0.1',
    conduct: refusesV1,
  },
  {
    id: 'v2-scopes-unknown',
    breaks: 'auth.token.scope.system-v2',
    also: ['auth.discovery.scopes-supported.honoured'],
    conduct: {
      parsesScope: (scope) => (/^system\/\w+\.[cruds]+$/.test(scope) ? undefined : parseScope(scope)),
    },
  },
  {
    id: 'v1-scopes-echoed-as-v2',
    breaks: 'auth.token.scope.v1-echoed',
    conduct: {
      grantsScopes: (requested, allowed) =>
        honestConduct.grantsScopes(requested, allowed).map((it) => ({ ...it, notation: 'v2' })),
    },
  },
  {
    id: 'disordered-scope-widened',
    breaks: 'auth.token.scope.undefined',
    conduct: {
      parsesScope: (scope) =>
        parseScope(scope) ??
        (/^system\/\w+\.[cruds]+$/.test(scope)
          ? { type: '*', permissions: ['r', 's'], notation: 'v2' }
          : undefined),
    },
  },
  {
    id: 'refresh-token-issued',
    breaks: 'auth.token.no-refresh-token',
    conduct: granted((body) => ({ ...body, refresh_token: 'not-a-secret' })),
  },
  {
    id: 'token-response-cacheable',
    breaks: 'auth.token.cache-control',
    conduct: onAnswer('token.granted', (r) => withoutHeader(r, 'cache-control')),
  },
  {
    id: 'token-error-as-html',
    breaks: 'auth.token.error.rfc6749-shape',
    conduct: onAnswer('token.refused', (r) => withHeader(r, 'Content-Type', 'text/html')),
  },
  {
    id: 'token-error-undescribed',
    breaks: 'auth.token.error.description',
    conduct: refusedBody(without('error_description')),
  },
  {
    id: 'token-error-description-null',
    breaks: 'auth.token.error.description',
    conduct: refusedBody((body) => ({ ...body, error_description: null })),
  },
  {
    id: 'unsupported-grant-answers-500',
    breaks: 'auth.token.error.rfc6749-shape',
    also: ['auth.token.error.grant-type'],
    conduct: onAnswer('token.refused', (r, { request }) =>
      request.body?.includes('not_a_grant_type') ? withStatus(r, 500) : r,
    ),
  },
  { id: 'any-grant-type', breaks: 'auth.token.error.grant-type', conduct: { acceptsGrantType: () => true } },
  {
    id: 'any-assertion-type',
    breaks: 'auth.token.error.client-assertion-type',
    conduct: { acceptsAssertionType: () => true },
  },
  {
    id: 'no-assertion-needed',
    breaks: 'auth.token.error.missing-assertion',
    conduct: { unauthenticatedClient: ({ own }) => own },
  },
  {
    id: 'no-scope-is-every-scope',
    breaks: 'auth.token.error.missing-scope',
    conduct: {
      defaultScope: ({ scope }) => scope,
      ...onAnswer('token.granted', (r, { request }) =>
        /(^|&)scope=/.test(request.body ?? '') ? r : withJson(r, without('scope')),
      ),
    },
  },
  {
    id: 'client-failure-is-invalid-grant',
    breaks: 'auth.token.error.invalid-client',
    conduct: refusedBody((body) =>
      body.error === 'invalid_client' ? { ...body, error: 'invalid_grant' } : body,
    ),
  },
  // The refusal of a correct request does not show which part of it was not understood. In the form of an OAuth error
  // a wrong setting could be the cause.
  {
    id: 'no-token-for-anybody',
    breaks: 'auth.token.accepts-valid',
    also: ['auth.discovery.conveys-endpoints', 'auth.token.alg.baseline', 'auth.token.jwt.jku-absent'],
    conduct: onAnswer('token.granted', (r) =>
      withBody(withStatus(r, 400), '<html><body>The request is not understood.</body></html>', 'text/html'),
    ),
  },
]
