import { type Fault, onAnswer } from '../definition.ts'
import { headerOf, jsonResponse, withHeader, withJson, withStatus } from '../../http-message.ts'
import { refusal } from '../../operation-outcome.ts'

const without = (name: string) => onAnswer('discovery', (r) => withJson(r, ({ [name]: _, ...rest }) => rest))

const having = (name: string, value: unknown) =>
  onAnswer('discovery', (r) => withJson(r, (body) => ({ ...body, [name]: value })))

const list = (name: string, change: (values: readonly string[]) => unknown) =>
  onAnswer('discovery', (r) => withJson(r, (body) => ({ ...body, [name]: change(body[name] as string[]) })))

const algorithms = 'token_endpoint_auth_signing_alg_values_supported'
const methods = 'token_endpoint_auth_methods_supported'

/** Faults of .well-known/smart-configuration. */
export const discoveryFaults: readonly Fault[] = [
  // Without a token endpoint no token is issued.
  {
    id: 'discovered-token-endpoint-elsewhere',
    breaks: 'auth.discovery.conveys-endpoints',
    also: ['auth.token.accepts-valid', 'auth.token.alg.baseline', 'auth.token.jwt.jku-absent'],
    conduct: onAnswer('discovery', (r, { base }) =>
      withJson(r, (body) => ({ ...body, token_endpoint: `${base}/no-such-endpoint` })),
    ),
  },
  {
    id: 'nothing-advertised',
    breaks: 'auth.discovery.published.may',
    release: '1.0.1',
    conduct: onAnswer('discovery', () =>
      refusal(404, { code: 'not-found', diagnostics: 'This server advertises nothing.' }),
    ),
  },
  {
    id: 'no-discovery-document',
    breaks: 'auth.discovery.published.shall',
    conduct: onAnswer('discovery', () =>
      refusal(404, { code: 'not-found', diagnostics: 'There is no such document.' }),
    ),
  },
  // For a client without a token, a document that requires one is not published.
  {
    id: 'discovery-needs-token',
    breaks: 'auth.discovery.unauthenticated',
    also: ['auth.discovery.published.shall'],
    conduct: onAnswer('discovery', (r, { request }) =>
      headerOf(request, 'authorization')
        ? r
        : jsonResponse(401, { error: 'invalid_token' }, [['WWW-Authenticate', 'Bearer']]),
    ),
  },
  {
    id: 'discovery-as-fhir-json',
    breaks: 'auth.discovery.content-type',
    conduct: onAnswer('discovery', (r) => withHeader(r, 'Content-Type', 'application/fhir+json')),
  },
  {
    id: 'discovery-minds-accept',
    breaks: 'auth.discovery.json-any-accept',
    conduct: onAnswer('discovery', (r, { request }) =>
      /html|xml/.test(headerOf(request, 'accept') ?? '') ? withStatus(r, 406) : r,
    ),
  },
  {
    id: 'discovery-with-relative-url',
    breaks: 'auth.discovery.absolute-urls.should',
    conduct: having('introspection_endpoint', '/auth/introspect'),
  },
  {
    id: 'no-token-endpoint',
    breaks: 'auth.discovery.token-endpoint.shall',
    conduct: without('token_endpoint'),
  },
  {
    id: 'no-token-endpoint-stu1',
    breaks: 'auth.discovery.token-endpoint.should',
    release: '1.0.1',
    conduct: without('token_endpoint'),
  },
  {
    id: 'no-scopes-supported',
    breaks: 'auth.discovery.scopes-supported',
    conduct: without('scopes_supported'),
  },
  {
    id: 'no-private-key-jwt',
    breaks: 'auth.discovery.auth-methods',
    conduct: list(methods, (all) => all.filter((it) => it !== 'private_key_jwt')),
  },
  {
    id: 'no-private-key-jwt-stu1',
    breaks: 'auth.discovery.auth-methods.should',
    release: '1.0.1',
    conduct: list(methods, (all) => all.filter((it) => it !== 'private_key_jwt')),
  },
  {
    id: 'other-signing-algorithms',
    breaks: 'auth.discovery.signing-algs',
    conduct: having(algorithms, ['ES512']),
  },
  {
    id: 'other-signing-algorithms-stu1',
    breaks: 'auth.discovery.signing-algs.should',
    release: '1.0.1',
    conduct: having(algorithms, ['ES512']),
  },
  {
    id: 'capabilities-not-strings',
    breaks: 'auth.discovery.capabilities',
    conduct: list('capabilities', (all) => [...all, 42]),
  },
  {
    id: 'no-capability-asymmetric',
    breaks: 'auth.discovery.capability-asymmetric',
    conduct: list('capabilities', (all) => all.filter((it) => it !== 'client-confidential-asymmetric')),
  },
  {
    id: 'no-client-credentials-grant',
    breaks: 'auth.discovery.grant-types',
    conduct: having('grant_types_supported', ['authorization_code']),
  },
  {
    id: 'plain-code-challenge',
    breaks: 'auth.discovery.code-challenge',
    conduct: having('code_challenge_methods_supported', ['S256', 'plain']),
  },
  {
    id: 'launch-without-authorization-endpoint',
    breaks: 'auth.discovery.authorization-endpoint',
    conduct: list('capabilities', (all) => [...all, 'launch-standalone']),
  },
  {
    id: 'openid-without-issuer',
    breaks: 'auth.discovery.oidc-fields',
    conduct: list('capabilities', (all) => [...all, 'sso-openid-connect']),
  },
  {
    id: 'openid-with-null-for-issuer',
    breaks: 'auth.discovery.oidc-fields',
    conduct: onAnswer('discovery', (r, { base }) =>
      withJson(r, (body) => ({
        ...body,
        capabilities: [...(body.capabilities as readonly string[]), 'sso-openid-connect'],
        issuer: null,
        jwks_uri: `${base}/jwks`,
      })),
    ),
  },
  // Without the field, none of its values are listed.
  {
    id: 'no-capabilities',
    breaks: 'auth.discovery.capabilities',
    also: ['auth.discovery.permission-v1'],
    conduct: without('capabilities'),
  },
  {
    id: 'no-permission-v1',
    breaks: 'auth.discovery.permission-v1',
    conduct: list('capabilities', (all) => all.filter((it) => it !== 'permission-v1')),
  },
  {
    id: 'relative-registration-endpoint',
    breaks: 'auth.discovery.registration-endpoint',
    also: ['auth.discovery.absolute-urls.should'],
    conduct: having('registration_endpoint', '/auth/register'),
  },
]
