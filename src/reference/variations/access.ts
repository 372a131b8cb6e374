import { honestAuth } from '../conduct/authorization.ts'
import { onAnswer } from '../faults/definition.ts'
import { withHeader, withJson, withoutBody, withoutHeader, withStatus } from '../http-message.ts'
import { because, type Variation, htmlPage, serverOrigin } from './definition.ts'

/** Variations of token requests and refused access. */
export const accessVariations: readonly Variation[] = [
  {
    id: 'token-response-of-many-members',
    states:
      'token_type is Bearer; RFC 6749 ignores case. The response names the granted scope in more words. It also has members that clients MUST ignore, and a refresh_token, which it SHOULD NOT have.',
    conduct: onAnswer('token.granted', (response) =>
      withHeader(
        withJson(response, (body) => ({
          ...body,
          token_type: 'Bearer',
          id_token: 'e30.e30.e30',
          project: { reference: 'Project/1' },
          refresh_token: 'unused',
          scope: body.scope === 'system/*.rs' ? 'system/Patient.rs system/*.rs system/Patient.r' : body.scope,
        })),
        'Content-Type',
        'application/json;charset=UTF-8',
      ),
    ),
    lacks: { 'auth.token.no-refresh-token': 'A response SHOULD NOT have a refresh token.' },
  },
  {
    id: 'lenient-token-endpoint',
    states:
      'A token request without scope gets the registered scope (RFC 6749 section 3.3). The server accepts its issuer as the audience and a clock difference of a minute (RFC 7523 section 3). It accepts assertions that are valid for an hour, because the limit of five minutes binds only the client.',
    conduct: {
      defaultScope: ({ scope }) => scope,
      audienceFits: (audience, tokenUrl) =>
        honestAuth.audienceFits(audience, tokenUrl) || audience === serverOrigin(tokenUrl),
      expiryFits: (exp, now) => typeof exp === 'number' && exp > now - 60,
      expiryIsNear: () => true,
      notBeforeFits: (nbf, now) => typeof nbf === 'number' && nbf <= now + 60,
    },
    lacks: {
      'auth.token.jwt.exp-too-far': 'The limit binds the client; no sentence makes the server refuse.',
    },
  },
  {
    id: 'hour-long-tokens',
    states: 'Access tokens are valid for an hour. They SHOULD NOT be valid for more than five minutes.',
    configuration: { tokenLifetime: 3600 },
    lacks: { 'auth.token.expires-in-max': 'The lifetime SHOULD NOT exceed five minutes.' },
    undecided: because(
      'bulkcheck does not wait for an hour to see a token refused.',
      'access/expired',
      'access/expiry-enforced',
      'locations/*-expired',
    ),
  },
  {
    id: 'assertion-refused-401',
    states:
      'The server refuses token requests with 401, which RFC 6749 allows for invalid_client, and without a description.',
    conduct: onAnswer('token.refused', (response) =>
      withHeader(
        withStatus(
          withJson(response, ({ error_description: _, ...body }) => body),
          String(response.body).includes('invalid_client') ? 401 : 400,
        ),
        'WWW-Authenticate',
        'Bearer',
      ),
    ),
    lacks: { 'auth.token.error.description': 'A description is OPTIONAL in RFC 6749.' },
  },
  {
    id: 'access-refused-400',
    about: 'access',
    states:
      'The server refuses requests without a valid token with 400 and no body. The guide does not state the status.',
    conduct: onAnswer('access.refused', (response) =>
      withoutBody(withoutHeader(withStatus(response, 400), 'WWW-Authenticate')),
    ),
  },
  {
    id: 'access-refused-403',
    about: 'access',
    states:
      'The server refuses requests without a valid token with 403. The guide does not state the status.',
    conduct: onAnswer('access.refused', (response) =>
      withoutHeader(withStatus(response, 403), 'WWW-Authenticate'),
    ),
  },
  {
    id: 'access-refused-by-gateway',
    about: 'access',
    states:
      'A gateway that does not know FHIR refuses access with an HTML page and offers several authentication schemes.',
    conduct: onAnswer(['access.refused', 'kickoff.refused'], (response, { problems }) =>
      problems && response.status !== 403
        ? response
        : htmlPage(response.status, [
            ['WWW-Authenticate', 'Basic realm="gateway", bearer error="invalid_token"'],
          ]),
    ),
  },
  {
    id: 'unseen-jobs-404',
    about: 'refusals',
    states:
      'The server answers 404 to a client that may not see a job or a Group. A server may hide that something exists.',
    conduct: onAnswer('access.refused', (response, { endpoint }) =>
      response.status === 403 && endpoint !== 'kickoff' ? withStatus(response, 404) : response,
    ),
  },
  {
    id: 'foreign-jobs-403',
    about: 'refusals',
    states:
      'The server answers 403 to requests for unknown jobs and files, and for those of other clients. No sentence states the status.',
    conduct: onAnswer(['status.unknown', 'file.refused'], (response, { deleted }) =>
      deleted ? response : withStatus(response, 403),
    ),
  },
  {
    id: 'open-status-in-1.0.1',
    about: 'access',
    states:
      'The server shows the status of a job to everybody who knows the URL. In 1.0.1 no sentence protects the status.',
    release: '1.0.1',
    conduct: {
      admitsCredential: (credential, endpoint, url) =>
        endpoint === 'status' || honestAuth.admitsCredential(credential, endpoint, url),
    },
  },
  {
    id: 'jobs-shared-between-clients',
    states:
      'The server shows a job to every client with sufficient scopes. A server MAY restrict a job to the client that started it.',
    conduct: { mayAccessJob: () => true },
    configuration: { otherScope: 'system/*.rs' },
    lacks: {
      'export.delete.originator': 'A server MAY restrict deletion to the client that started the job.',
      'security.restrict-to-originator': 'A server MAY restrict a job to the client that started it.',
    },
  },
  {
    id: 'tokens-behind-any-scheme',
    states:
      'The server accepts an access token with any authentication scheme. Only clients are required to write Bearer.',
    conduct: { isTokenScheme: () => true },
    lacks: { 'auth.access.bearer-scheme': 'Servers SHOULD insist on the scheme Bearer.' },
  },
  {
    id: 'user-scopes-read-as-system-scopes',
    states:
      'The server grants system scopes to a client that requests scopes of a user or a patient. The granted scope can differ from the requested scope.',
    conduct: {
      parsesScope: (scope) => honestAuth.parsesScope(scope.replace(/^(user|patient)\//, 'system/')),
    },
  },
  {
    id: 'open-server-requires-token',
    about: 'access',
    states: 'A server without authorization sets requiresAccessToken to true and serves files to everybody.',
    authorization: false,
    conduct: onAnswer('status.complete', (response) =>
      withJson(response, (body) => ({ ...body, requiresAccessToken: true })),
    ),
  },
  {
    id: 'basic-in-place-of-tokens',
    about: 'access',
    states: 'The server asks for HTTP Basic in place of access tokens. Only a SHOULD asks for SMART.',
    configuration: { gateway: { basic: { user: 'exporter', password: 'reference-basic-password-2' } } },
  },
]
