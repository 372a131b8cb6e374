import { honestConduct } from '../../conduct/decisions.ts'
import { type Fault, onAnswer } from '../definition.ts'
import { signedByKey, signedWithPublicKey } from './loose-signatures.ts'
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

const lacking = (claim: string) => ({ requiresClaim: (name: string) => name !== claim })

const without =
  (name: string) =>
  ({ [name]: _, ...rest }: JsonRecord) =>
    rest

const refusesV1 = {
  parsesScope: (scope: string) => (/\.(read|write|\*)$/.test(scope) ? undefined : parseScope(scope)),
}

/** Faults of the token endpoint. */
export const authFaults: readonly Fault[] = [
  // Who refuses every form issues no token.
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
  {
    id: 'signature-not-verified',
    breaks: 'auth.token.jwt.signature',
    conduct: { signatureVerifies: async () => true },
  },
  {
    id: 'alg-none-accepted',
    breaks: 'auth.token.jwt.alg-none',
    conduct: {
      allowsAlgorithm: (alg) => alg === 'none' || honestConduct.allowsAlgorithm(alg),
      keyFits: (key, alg) => alg === 'none' || honestConduct.keyFits(key, alg),
      signatureVerifies: async (text, key, alg) =>
        alg === 'none' || honestConduct.signatureVerifies(text, key, alg),
    },
  },
  {
    id: 'hs256-with-public-key-accepted',
    breaks: 'auth.token.jwt.alg-confusion',
    conduct: {
      allowsAlgorithm: (alg) => alg === 'HS256' || honestConduct.allowsAlgorithm(alg),
      keyFits: (key, alg) => alg === 'HS256' || honestConduct.keyFits(key, alg),
      signatureVerifies: async (text, key, alg) =>
        alg === 'HS256' ? signedWithPublicKey(text, key) : honestConduct.signatureVerifies(text, key, alg),
    },
  },
  {
    id: 'unknown-kid-accepted',
    breaks: 'auth.token.jwt.unknown-kid',
    conduct: {
      keysOnMismatch: (doubt, keys, release) =>
        doubt === 'unknown-kid' ? keys : honestConduct.keysOnMismatch(doubt, keys, release),
    },
  },
  {
    id: 'missing-kid-accepted',
    breaks: 'auth.token.jwt.missing-kid',
    conduct: {
      keysOnMismatch: (doubt, keys, release) =>
        doubt === 'no-kid' ? keys : honestConduct.keysOnMismatch(doubt, keys, release),
    },
  },
  {
    id: 'kid-of-another-type-accepted',
    breaks: 'auth.token.jwt.kty-mismatch',
    conduct: {
      keyFits: (_key, alg) => honestConduct.allowsAlgorithm(alg),
      signatureVerifies: async (assertion, key, alg) =>
        honestConduct.keyFits(key, alg)
          ? honestConduct.signatureVerifies(assertion, key, alg)
          : signedByKey(assertion, key),
    },
  },
  {
    id: 'unknown-issuer-accepted',
    breaks: 'auth.token.jwt.iss-unknown',
    conduct: {
      clientOf: (claims, clients) =>
        honestConduct.clientOf(claims, clients) ?? (claims.iss === undefined ? undefined : clients.own),
    },
  },
  { id: 'subject-not-compared', breaks: 'auth.token.jwt.sub-mismatch', conduct: { subjectFits: () => true } },
  {
    id: 'missing-issuer-accepted',
    breaks: 'auth.token.jwt.missing-iss',
    conduct: {
      ...lacking('iss'),
      clientOf: ({ iss, sub }, clients) => honestConduct.clientOf({ iss: iss ?? sub }, clients),
    },
  },
  { id: 'missing-subject-accepted', breaks: 'auth.token.jwt.missing-sub', conduct: lacking('sub') },
  { id: 'missing-audience-accepted', breaks: 'auth.token.jwt.missing-aud', conduct: lacking('aud') },
  { id: 'missing-expiry-accepted', breaks: 'auth.token.jwt.missing-exp', conduct: lacking('exp') },
  { id: 'missing-jti-accepted', breaks: 'auth.token.jwt.missing-jti', conduct: lacking('jti') },
  { id: 'any-audience', breaks: 'auth.token.jwt.aud-wrong', conduct: { audienceFits: () => true } },
  {
    id: 'expired-assertion-accepted',
    breaks: 'auth.token.jwt.expired',
    conduct: { expiryFits: (exp) => typeof exp === 'number' },
  },
  {
    id: 'assertion-of-the-future-accepted',
    breaks: 'auth.token.jwt.nbf-future',
    conduct: { notBeforeFits: () => true },
  },
  {
    id: 'long-assertion-accepted',
    breaks: 'auth.token.jwt.exp-too-far',
    conduct: { expiryIsNear: () => true },
  },
  { id: 'assertion-replayed', breaks: 'auth.token.jwt.jti-replay', conduct: { jtiFits: () => true } },
  {
    id: 'client-id-not-compared',
    breaks: 'auth.token.jwt.client-known',
    conduct: { clientIdFits: () => true },
  },
  { id: 'any-jku', breaks: 'auth.token.jwt.jku-not-registered', conduct: { jkuFits: () => true } },
  // A request that is correct and yet refused leaves nothing to tell which part of it was not understood. In the form of an OAuth error
  // it could be refused for a wrong setting.
  {
    id: 'no-token-for-anybody',
    breaks: 'auth.token.accepts-valid',
    also: ['auth.discovery.conveys-endpoints', 'auth.token.alg.baseline', 'auth.token.jwt.jku-absent'],
    conduct: onAnswer('token.granted', (r) =>
      withBody(withStatus(r, 400), '<html><body>The request is not understood.</body></html>', 'text/html'),
    ),
  },
]
