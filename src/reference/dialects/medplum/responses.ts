import { randomUUID } from 'node:crypto'
import type { Conduct, ResponseContext } from '../../conduct/conduct.ts'
import {
  type Headers,
  type JsonRecord,
  type Response,
  withBody,
  withHeader,
  withJson,
  withoutBody,
  withoutHeader,
  withStatus,
} from '../../http-message.ts'
import { linkProblem, signed } from './links.ts'

const ownHeaders: Headers = [
  ['Cache-Control', 'no-store, no-cache, must-revalidate'],
  ['Pragma', 'no-cache'],
  ['RateLimit', '"requests";r=59990;t=60'],
]

function outcome(id: string, severity: 'error' | 'information', code: string, text: string): JsonRecord {
  return { resourceType: 'OperationOutcome', id, issue: [{ severity, code, details: { text } }] }
}

const notFound = outcome('not-found', 'error', 'not-found', 'Not found')

/** The same response with an OperationOutcome of Medplum as its body. */
function withOutcome(response: Response, body: JsonRecord, mediaType = 'application/fhir+json'): Response {
  return withBody(response, JSON.stringify(body), mediaType)
}

function refusedLink(response: Response, { request, now }: ResponseContext): Response {
  const problem = linkProblem(request.url, now)
  if (problem === 'unsigned') return withBody(withStatus(response, 401), 'Unauthorized', 'text/plain')
  if (problem === 'other') return withBody(withStatus(response, 401), '<h1>Unauthorized</h1>', 'text/html')
  if (problem === 'expired') return withBody(withStatus(response, 410), '<h1>Gone</h1>', 'text/html')
  return withOutcome(response, notFound)
}

function granted(response: Response, { request }: ResponseContext): Response {
  const asked = new URLSearchParams(request.body ?? '').get('scope') ?? 'openid'
  return withJson(response, ({ access_token, expires_in }) => ({
    token_type: 'Bearer',
    expires_in,
    scope: asked,
    id_token: `${access_token}-id`,
    access_token,
    project: { reference: 'Project/own-project' },
    profile: { reference: 'ClientApplication/own-clientapplication' },
    smart_style_url: new URL('/fhir/R4/.well-known/smart-styles.json', request.url).href,
    need_patient_banner: false,
  }))
}

function tokenRefused(response: Response, { request }: ResponseContext): Response {
  const isForm = request.headers.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && value.includes('x-www-form-urlencoded'),
  )
  const plain = withoutHeader(withStatus(response, 400), 'WWW-Authenticate')
  return isForm
    ? withJson(plain, ({ error_description }) => ({ error: 'invalid_request', error_description }))
    : withBody(plain, 'Unsupported content type', 'text/plain')
}

function refused(response: Response, id: 'unauthorized' | 'forbidden'): Response {
  const body =
    id === 'unauthorized'
      ? outcome('unauthorized', 'error', 'login', 'Unauthorized')
      : outcome('forbidden', 'error', 'forbidden', 'Forbidden')
  return withOutcome(withoutHeader(response, 'WWW-Authenticate'), body)
}

/** Refused are methods, requests for an unknown Group, and clients without the right to create an AsyncJob. */
function kickoffRefused(response: Response, { request, level, problems }: ResponseContext): Response {
  if (problems?.some(({ kind }) => kind === 'type-unauthorized')) return refused(response, 'forbidden')
  if (problems || (request.method === 'POST' && level === 'group'))
    return withOutcome(withStatus(response, 404), notFound)
  return withOutcome(
    withoutHeader(withStatus(response, 400), 'Allow'),
    outcome('invalid', 'error', 'invalid', 'Invalid FHIR URL'),
  )
}

function accepted(response: Response): Response {
  const location = response.headers.find(([name]) => name === 'Content-Location')?.[1]
  const [requestId, traceId] = [randomUUID(), randomUUID()]
  return withOutcome(response, {
    resourceType: 'OperationOutcome',
    id: 'accepted',
    issue: [
      {
        severity: 'information',
        code: 'informational',
        details: { text: 'Accepted' },
        diagnostics: location,
      },
    ],
    extension: [
      {
        url: 'https://medplum.com/fhir/StructureDefinition/tracing',
        extension: [
          { url: 'requestId', valueId: requestId },
          { url: 'traceId', valueId: traceId },
        ],
      },
    ],
  })
}

/** What `request` of the manifest shows: without a query, and without a slash before the operation but at group level. */
function shownRequest({ kickoff, base }: ResponseContext): string {
  const [url = ''] = (kickoff?.url ?? '').split('?')
  return kickoff?.level === 'group' ? url : url.replace(`${base}/`, base)
}

function complete(response: Response, about: ResponseContext): Response {
  const changed = withJson(
    withHeader(withoutHeader(response, 'Expires'), 'Content-Type', 'application/json; charset=utf-8'),
    ({ transactionTime, requiresAccessToken, output }) => ({
      transactionTime,
      request: shownRequest(about),
      requiresAccessToken,
      output: (output as readonly { readonly type: string; readonly url: string }[]).map(({ type, url }) => ({
        type,
        url: signed(url, about.now),
      })),
      error: [],
      deleted: [],
    }),
  )
  return changed
}

const stillAccepted = (response: Response) => withoutBody(withStatus(response, 202))

const deletionAccepted = (response: Response) => withBody(withStatus(response, 202), 'Accepted', 'text/plain')

const changes: Partial<Record<string, (response: Response, about: ResponseContext) => Response>> = {
  metadata: (response) =>
    withJson(response, (statement) => ({
      ...statement,
      instantiates: [
        'http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server',
        'http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data',
      ],
      software: { name: 'Medplum', version: '5.0.10' },
      rest: (statement.rest as readonly JsonRecord[]).map(({ operation: _, resource, ...rest }) => ({
        ...rest,
        resource: (resource as readonly JsonRecord[]).map(({ operation, ...it }) =>
          it.type === 'Group' ? { ...it, operation } : it,
        ),
      })),
    })),
  discovery: (response, { request }) =>
    withJson(response, (configuration) => ({
      ...configuration,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'ES384'],
      issuer: new URL('/', request.url).href,
      jwks_uri: new URL('/.well-known/jwks.json', request.url).href,
      authorization_endpoint: new URL('/oauth2/authorize', request.url).href,
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      capabilities: [
        'client-confidential-asymmetric',
        'client-confidential-symmetric',
        'client-public',
        'launch-ehr',
        'launch-standalone',
        'permission-v1',
        'permission-v2',
        'sso-openid-connect',
      ],
      scopes_supported: [
        'patient/*.rs',
        'user/*.cruds',
        'openid',
        'fhirUser',
        'launch',
        'launch/patient',
        'offline_access',
        'online_access',
      ],
    })),
  'token.granted': granted,
  'token.refused': tokenRefused,
  'access.refused': (response) => refused(response, response.status === 403 ? 'forbidden' : 'unauthorized'),
  'kickoff.accepted': accepted,
  'kickoff.refused': kickoffRefused,
  'status.progress': stillAccepted,
  'status.failed': stillAccepted,
  'status.complete': complete,
  'status.unknown': (response, { deleted }) =>
    withOutcome(response, notFound, deleted ? 'application/json' : 'application/fhir+json'),
  'deletion.accepted': deletionAccepted,
  'deletion.refused': (response, { deleted }) =>
    deleted ? deletionAccepted(response) : withOutcome(response, notFound),
  'file.refused': refusedLink,
}

/** Every response in Medplum's words, with its headers. */
export const answer: Conduct['answer'] = (kind, response, about) => {
  const problem = kind === 'file.served' ? linkProblem(about.request.url, about.now) : undefined
  const changed = problem ? refusedLink(response, about) : (changes[kind]?.(response, about) ?? response)
  return { ...changed, headers: [...withoutHeader(changed, 'Cache-Control').headers, ...ownHeaders] }
}
