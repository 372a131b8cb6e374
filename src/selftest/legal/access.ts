import { honestAuth } from '../../reference/conduct-auth.ts'
import { on } from '../../reference/fault.ts'
import {
  type Json,
  withHeader,
  withJson,
  withoutBody,
  withoutHeader,
  withStatus,
} from '../../reference/message.ts'
import { baseUrl } from '../matrix.ts'
import { moved } from './gateways.ts'
import { type LegalVariation, page } from './variation.ts'

const { origin } = new URL(baseUrl)

function without(body: Json, ...names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)))
}

/** Variations of discovery, capabilities, token requests and refused access. */
export const accessVariations: readonly LegalVariation[] = [
  {
    id: 'discovery-redirected',
    states: 'smart-configuration is served behind a 302: nothing forbids what HTTP allows of any GET.',
    gateway: () =>
      moved({ from: '/fhir/.well-known/smart-configuration', to: '/auth/smart.json', status: 302 }),
  },
  {
    id: 'discovery-of-backend-services',
    states:
      "smart-configuration has the required members of SMART's own example of backend services; it has neither scopes_supported, which is RECOMMENDED, nor lists of methods and algorithms, which are OPTIONAL, nor members of app launch.",
    conduct: on('discovery', (response) =>
      withJson(response, (body) => ({
        ...without(
          body,
          'scopes_supported',
          'code_challenge_methods_supported',
          'token_endpoint_auth_methods_supported',
          'token_endpoint_auth_signing_alg_values_supported',
        ),
        capabilities: ['client-confidential-asymmetric', 'permission-v2'],
      })),
    ),
    noted: ['auth.discovery.scopes-supported'],
  },
  {
    id: 'discovery-of-everything',
    states:
      'smart-configuration advertises app launch and OpenID Connect as well, in their required members.',
    conduct: on('discovery', (response) =>
      withHeader(
        withJson(response, (body) => ({
          ...body,
          issuer: origin,
          jwks_uri: `${origin}/auth/jwks`,
          authorization_endpoint: `${origin}/auth/authorize`,
          grant_types_supported: ['authorization_code', 'client_credentials'],
          scopes_supported: ['openid', 'launch', 'system/*.rs'],
          capabilities: [
            'launch-ehr',
            'sso-openid-connect',
            'client-confidential-asymmetric',
            'permission-v2',
            'x',
          ],
        })),
        'Content-Type',
        'application/json; charset=utf-8',
      ),
    ),
  },
  {
    id: 'no-discovery',
    states:
      'In 1.0.1 a server MAY publish smart-configuration; this one names its token endpoint in its CapabilityStatement alone.',
    release: '1.0.1',
    conduct: on('discovery', () => page(404)),
    noted: ['auth.discovery.published.may'],
  },
  {
    id: 'capability-elsewhere-versioned',
    states:
      'Canonicals in the CapabilityStatement have a version, and operations the names of the model statement of 2.0.0.',
    configuration: { levels: ['patient', 'group'] },
    conduct: on('metadata', (response) =>
      withHeader(
        {
          ...response,
          body: String(response.body)
            .replace(/"(http:\/\/hl7\.org\/fhir\/uv\/bulkdata\/[^"]+)"/g, '"$1|2.0.0"')
            .replace(/"name":"export",("definition":"[^"]+(patient|group)-export)/g, '"name":"$2-export",$1'),
        },
        'Content-Type',
        'application/fhir+json; fhirVersion=4.0; charset=UTF-8',
      ),
    ),
  },
  {
    id: 'token-response-of-many-members',
    states:
      'token_type is spelled Bearer, which RFC 6749 compares without case; the scope granted is spelled in more words; members that clients MUST ignore and a refresh_token, which SHOULD NOT be issued, are there as well.',
    conduct: on('token.granted', (response) =>
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
    noted: ['auth.token.no-refresh-token'],
  },
  {
    id: 'lenient-token-endpoint',
    states:
      'A missing scope is the registered one (RFC 6749 section 3.3), the issuer passes for the audience and clocks may differ by a minute (RFC 7523 section 3), and an assertion may be good for an hour: only the client is told five minutes.',
    conduct: {
      defaultScope: ({ scope }) => scope,
      audienceFits: (audience, tokenUrl) =>
        honestAuth.audienceFits(audience, tokenUrl) || audience === origin || audience === baseUrl,
      expiryFits: (exp, now) => typeof exp === 'number' && exp > now - 60,
      expiryIsNear: () => true,
      notBeforeFits: (nbf, now) => typeof nbf === 'number' && nbf <= now + 60,
    },
    noted: ['auth.token.jwt.exp-too-far'],
  },
  {
    id: 'hour-long-tokens',
    states: 'Access tokens live for an hour; five minutes are what they SHOULD NOT exceed.',
    configuration: { tokenLifetime: 3600 },
    noted: ['auth.token.expires-in-max'],
    // The harness does not wait for an hour to see a token refused.
    untold: ['auth.access.expired-token', 'auth.token.expiry-enforced'],
  },
  {
    id: 'assertion-refused-401',
    states:
      'Token requests are refused with 401, which RFC 6749 allows for invalid_client, and without a description.',
    conduct: on('token.refused', (response) =>
      withHeader(
        withStatus(
          withJson(response, (body) => without(body, 'error_description')),
          String(response.body).includes('invalid_client') ? 401 : 400,
        ),
        'WWW-Authenticate',
        'Bearer',
      ),
    ),
    noted: ['auth.token.error.description'],
  },
  {
    id: 'access-refused-400',
    states:
      'Requests without a token that counts are refused with 400 and no body: the guide sets no status.',
    conduct: on('access.refused', (response) =>
      withoutBody(withoutHeader(withStatus(response, 400), 'WWW-Authenticate')),
    ),
  },
  {
    id: 'access-refused-403',
    states: 'Requests without a token that counts are refused with 403: the guide sets no status.',
    conduct: on('access.refused', (response) => withoutHeader(withStatus(response, 403), 'WWW-Authenticate')),
  },
  {
    id: 'access-refused-by-gateway',
    states:
      'A gateway that knows nothing of FHIR refuses access with a page, and offers more than one scheme.',
    conduct: on(['access.refused', 'kickoff.refused'], (response, { problems }) =>
      problems && response.status !== 403
        ? response
        : page(response.status, [
            ['WWW-Authenticate', 'Basic realm="gateway", bearer error="invalid_token"'],
          ]),
    ),
  },
  {
    id: 'unseen-jobs-404',
    states: 'Who may not see a job, or a Group, is told 404: hiding that something exists is fine.',
    conduct: on('access.refused', (response, { endpoint }) =>
      response.status === 403 && endpoint !== 'kickoff' ? withStatus(response, 404) : response,
    ),
  },
  {
    id: 'foreign-jobs-403',
    states: 'Jobs and files that are unknown or of others are answered 403: no status is set.',
    conduct: on(['status.unknown', 'file.refused'], (response, { deleted }) =>
      deleted ? response : withStatus(response, 403),
    ),
  },
  {
    id: 'jobs-shared-between-clients',
    states: 'A server MAY restrict a job to the client that started it; this one asks for scopes alone.',
    conduct: { sees: () => true },
    configuration: { otherScope: 'system/*.rs' },
    noted: ['security.restrict-to-originator'],
  },
  {
    id: 'open-server-requires-token',
    states: 'A server without authorization says requiresAccessToken true, and serves files to everybody.',
    authorization: false,
    conduct: on('status.complete', (response) =>
      withJson(response, (body) => ({ ...body, requiresAccessToken: true })),
    ),
  },
]
