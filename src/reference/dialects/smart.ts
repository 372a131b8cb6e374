import { type AnswerKind, type Conduct, honestConduct, type ResponseContext } from '../conduct/conduct.ts'
import type { KickoffProblemKind } from '../export/job.ts'
import { type JsonRecord, type Response, withHeader, withJson, withoutHeader } from '../http-message.ts'
import type { Resource } from '../population/model.ts'
import type { Dialect } from './definition.ts'

/** Problems of a kick-off that the server does not see. */
const unseen: ReadonlySet<KickoffProblemKind> = new Set([
  ...(['unknown-parameter', 'unsupported-parameter', 'associated-data', 'type-filter'] as const),
  ...(['patient-absent', 'patient-not-member'] as const),
])

/** Mandatory elements that the server does not know as such, because its list has names of DSTU2. */
const unknownMandatory: Readonly<Record<string, readonly string[]>> = {
  CarePlan: ['intent'],
  Condition: ['subject'],
  Group: ['actual', 'type'],
  ImagingStudy: ['subject'],
  Immunization: ['occurrenceDateTime'],
}

function reducesElements(resource: Resource, filters: Parameters<Conduct['reducesElements']>[1]): Resource {
  const asked = filters.filter(({ type }) => type === undefined || type === resource.resourceType)
  const dropped = (unknownMandatory[resource.resourceType] ?? []).filter(
    (name) => !asked.some(({ element }) => element === name),
  )
  const reduced = honestConduct.reducesElements(resource, filters)
  if (asked.length === 0) return reduced
  const { valueQuantity } = resource
  return Object.fromEntries([
    ...Object.entries(reduced).filter(([name]) => !dropped.includes(name)),
    // It is on the list of mandatory elements.
    ...(valueQuantity === undefined ? [] : [['valueQuantity', valueQuantity]]),
  ]) as Resource
}

function withoutLastUpdated({ meta, ...resource }: Resource): Resource {
  const { lastUpdated: _, ...rest } = meta ?? {}
  return Object.keys(rest).length > 0 ? ({ ...resource, meta: rest } as Resource) : (resource as Resource)
}

function tokenRefused(response: Response): Response {
  const plain = withoutHeader(withoutHeader(response, 'Cache-Control'), 'Pragma')
  return withJson(plain, ({ error, error_description }) => ({
    error:
      error !== 'invalid_client'
        ? error
        : /issuer|JWT|client_assertion/.test(String(error_description))
          ? 'invalid_request'
          : 'invalid_grant',
    error_description,
  }))
}

const plainJson = (response: Response) =>
  withHeader(response, 'Content-Type', 'application/json; charset=utf-8')

const changes: Partial<Record<AnswerKind, (response: Response, about: ResponseContext) => Response>> = {
  metadata: (response, { base }) =>
    withJson(response, (statement) => {
      const named = (name: string) => [{ name: 'export', definition: `${base}/OperationDefinition/${name}` }]
      return {
        ...statement,
        software: { name: 'SMART Sample Bulk Data Server', version: '2.1.1' },
        rest: (statement.rest as readonly JsonRecord[]).map(({ resource, ...rest }) => ({
          ...rest,
          operation: named('SystemExport'),
          resource: (resource as readonly JsonRecord[]).map((it) =>
            it.type === 'Patient' || it.type === 'Group'
              ? { ...it, operation: named(`${it.type}Export`) }
              : it,
          ),
        })),
      }
    }),
  discovery: (response) =>
    withJson(response, ({ grant_types_supported: _, ...configuration }) => configuration),
  'token.granted': (response, { request }) =>
    withJson(withoutHeader(withoutHeader(response, 'Cache-Control'), 'Pragma'), (body) => ({
      ...body,
      scope: new URLSearchParams(request.body ?? '').get('scope'),
    })),
  'token.refused': tokenRefused,
  'access.refused': (response) => withoutHeader(response, 'WWW-Authenticate'),
  'status.unknown': plainJson,
  'rest.read': (response) =>
    withJson(response, ({ member, ...resource }) =>
      resource.resourceType === 'Group'
        ? { ...resource, quantity: (member as readonly unknown[] | undefined)?.length ?? 0 }
        : { ...resource, ...(member === undefined ? {} : { member }) },
    ),
}

const conduct: Partial<Conduct> = {
  requiresClaim: (claim) => claim === 'sub' || claim === 'aud',
  clientOf: (claims, clients) => honestConduct.clientOf({ iss: claims.sub }, clients),
  clientIdFits: () => true,
  audienceFits: (audience, tokenUrl) => audience === tokenUrl,
  expiryIsNear: () => true,
  jtiFits: () => true,
  parsesScope: (scope) => honestConduct.parsesScope(scope.replace(/\.sr$/, '.rs')),
  isTokenScheme: () => true,
  // Whoever knows a job may delete it, and Groups are open.
  admitsCredential: (credential, endpoint, url) =>
    credential === 'valid' ||
    (credential === 'none' && (endpoint === 'deletion' || /\/Group(?:\/[^/]+)?(?:\?|$)/.test(url))),
  mayAccessJob: () => true,
  scopesCover: (scopes, need, endpoint) =>
    (endpoint !== 'kickoff' && endpoint !== 'selection') || honestConduct.scopesCover(scopes, need, endpoint),
  raisesProblem: ({ kind }) => !unseen.has(kind),
  // A resource passes if it meets any query, and it meets every query for another type.
  matchesQueries: (resource, queries) =>
    queries.length === 0 ||
    queries.some((query) => query.type !== resource.resourceType || query.test(resource)),
  reducesElements,
  sentResources: ({ resources }) => resources.map(withoutLastUpdated),
  answer: (kind, response, about) => changes[kind]?.(response, about) ?? response,
}

/** The SMART Bulk Data Server, as it was seen running with `{"secure":1}` in its base. */
export const smart: Dialect = {
  id: 'smart',
  system: 'SMART Bulk Data Server 2.1.1',
  release: '2.0.0',
  configuration: {
    urls: {
      base: '/eyJzZWN1cmUiOjF9/fhir',
      token: '{root}/auth/token',
      status: '{base}/bulkstatus/{job}',
      manifest: '{base}/bulkstatus/{job}/{page}',
      file: '{root}/{job}/fhir/bulkfiles/{name}',
    },
    ...{ parameters: ['_type', '_since', '_typeFilter', '_elements', 'patient'] },
    ...{ preferRequired: true, acceptRequired: true },
  },
  conduct,
}
