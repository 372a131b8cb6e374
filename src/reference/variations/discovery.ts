import { onAnswer } from '../faults/definition.ts'
import { type JsonRecord, withHeader, withJson } from '../http-message.ts'
import { type Variation, htmlPage, serverOrigin } from './definition.ts'
import { redirectedDiscovery } from './gateways.ts'

function without(body: JsonRecord, ...names: readonly string[]): JsonRecord {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)))
}

/** Variations of the SMART configuration and the CapabilityStatement. */
export const discoveryVariations: readonly Variation[] = [
  {
    id: 'discovery-redirected',
    states: 'A 302 response redirects to the SMART configuration. HTTP allows redirects for every GET.',
    gateway: redirectedDiscovery,
  },
  {
    id: 'discovery-of-backend-services',
    about: 'discovery',
    states:
      "The SMART configuration has the members of SMART's example for backend services. It lacks scopes_supported (RECOMMENDED), the lists of methods and algorithms (OPTIONAL) and the members of app launch.",
    conduct: onAnswer('discovery', (response) =>
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
    lacks: {
      'auth.discovery.scopes-supported': 'The member is RECOMMENDED.',
      'auth.discovery.auth-methods.should': 'In 1.0.1 the member is advised.',
      'auth.discovery.signing-algs.should': 'In 1.0.1 the member is advised.',
    },
  },
  {
    id: 'discovery-of-everything',
    about: 'discovery',
    states:
      'The SMART configuration also advertises app launch and OpenID Connect, with the members that they require.',
    conduct: onAnswer('discovery', (response, { base }) =>
      withHeader(
        withJson(response, (body) => ({
          ...body,
          issuer: serverOrigin(base),
          jwks_uri: `${serverOrigin(base)}/auth/jwks`,
          authorization_endpoint: `${serverOrigin(base)}/auth/authorize`,
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
    about: 'discovery',
    states:
      'There is no SMART configuration; only the CapabilityStatement names the token endpoint. In 1.0.1 a server MAY publish a SMART configuration.',
    release: '1.0.1',
    conduct: onAnswer('discovery', () => htmlPage(404)),
    lacks: { 'auth.discovery.published.may': 'A 1.0.1 server MAY publish a SMART configuration.' },
  },
  {
    id: 'page-in-place-of-discovery',
    about: 'discovery',
    states:
      'There is no SMART configuration; the server answers 200 with an HTML page instead. In 1.0.1 a server MAY publish a SMART configuration.',
    release: '1.0.1',
    conduct: onAnswer('discovery', () => htmlPage(200)),
    lacks: { 'auth.discovery.published.may': 'A 1.0.1 server MAY publish a SMART configuration.' },
  },
  {
    id: 'relative-discovery-urls',
    about: 'discovery',
    states:
      'The URL of an additional endpoint in the SMART configuration is relative. SMART App Launch forbids this only since 2.1.',
    conduct: onAnswer('discovery', (response) =>
      withJson(response, (body) => ({ ...body, management_endpoint: '/auth/manage' })),
    ),
    lacks: {
      'auth.discovery.absolute-urls.should':
        'The sentence is a SHALL only of later releases of SMART App Launch.',
    },
  },
  {
    id: 'capability-without-types',
    states:
      'The CapabilityStatement lists only types with export operations. The server accepts a kick-off request for an unsupported type and exports nothing.',
    conduct: {
      raisesProblem: ({ kind }) => kind !== 'type-unsupported',
      ...onAnswer('metadata', (response) =>
        withJson(response, (body) => ({
          ...body,
          rest: (body.rest as readonly JsonRecord[]).map((it) => ({
            ...it,
            resource: (it.resource as readonly JsonRecord[]).filter(
              ({ operation }) => operation !== undefined,
            ),
          })),
        })),
      ),
    },
    lacks: {
      'capability.exportable-types-listed': 'Listing exported types is a SHOULD.',
      'capability.typefilter-params-listed': 'Listing search parameters is a SHOULD.',
    },
  },
  {
    id: 'capability-elsewhere-versioned',
    states:
      'Canonicals in the CapabilityStatement have a version, and operations have the names in the model CapabilityStatement of 2.0.0.',
    configuration: { levels: ['patient', 'group'] },
    conduct: onAnswer('metadata', (response) =>
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
]
