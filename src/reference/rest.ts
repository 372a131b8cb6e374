import { anonymousGrant, authorize, insufficientScope, uncoveredType } from './authorization/access.ts'
import { admitsMedia, fhirResponse, headerOf, type Response } from './http-message.ts'
import { refusal } from './operation-outcome.ts'
import type { Resource } from './population/model.ts'
import { parseResourceQuery } from './search/query.ts'
import type { RequestContext } from './provider-state.ts'
import { r4Types } from './population/resource-types.ts'

const pageSize = 100

function refused({ answer }: RequestContext, ...about: Parameters<typeof refusal>): Response {
  return answer('rest.refused', refusal(...about))
}

/** GET of a type or of one of its resources: read and search, as far as tests of exports need them. */
export function handleResourceRequest(call: RequestContext, type: string, id?: string): Response {
  const { state, request } = call
  if (request.method !== 'GET')
    return refused(call, 405, { code: 'not-supported', diagnostics: 'Resources support only GET.' }, [
      ['Allow', 'GET, HEAD'],
    ])
  if (!r4Types().has(type))
    return refused(call, 404, {
      code: 'not-supported',
      diagnostics: 'There is no such resource type or operation.',
    })
  const endpoint = id === undefined ? 'search' : 'read'
  // Attachments are protected like the files that refer to them.
  const grant =
    type === 'Binary' && id !== undefined && !state.conduct.protectsAttachments(state.configuration)
      ? anonymousGrant
      : authorize(call, endpoint)
  if ('status' in grant) return grant
  const permissions = id === undefined ? (['s'] as const) : (['r'] as const)
  if (uncoveredType(call, grant, { types: [type], permissions, endpoint }) !== undefined)
    return insufficientScope(call, type, endpoint)
  if (!state.catalogue.types.has(type))
    return refused(call, 404, {
      code: 'not-supported',
      diagnostics: `Resources of type ${type} are not supported.`,
    })
  return id === undefined ? search(call, type) : read(call, type, id)
}

function read(call: RequestContext, type: string, id: string): Response {
  const { state, request, answer } = call
  const found = state.catalogue.find(type, id) ?? createdGroup(call, type, id, 'read')
  if (!found)
    return state.catalogue.isDeleted(type, id) || (type === 'Group' && state.goneGroups.has(id))
      ? refused(call, 410, { code: 'deleted', diagnostics: `This ${type} was deleted.` })
      : refused(call, 404, { code: 'not-found', diagnostics: `There is no ${type} with this id.` })
  const accept = headerOf(request, 'accept')
  const { contentType, data } = found
  // Binary is served in its own media type unless FHIR is asked for (R4 binary.html, "Serving Binary Resources").
  if (
    type === 'Binary' &&
    typeof contentType === 'string' &&
    typeof data === 'string' &&
    !/json/i.test(accept ?? '')
  )
    return answer('rest.read', {
      status: 200,
      headers: [['Content-Type', contentType]],
      body: Buffer.from(data, 'base64'),
    })
  return acceptRefusal(call) ?? answer('rest.read', fhirResponse(200, found))
}

/** A Group that a client created. */
function createdGroup({ state }: RequestContext, type: string, id: string, by: 'read'): Resource | undefined {
  return type === 'Group' && state.conduct.showsCreatedGroup(by) ? state.groups.get(id) : undefined
}

function acceptRefusal(call: RequestContext): Response | undefined {
  return admitsMedia(headerOf(call.request, 'accept'), ['application/fhir+json', 'application/json'])
    ? undefined
    : refused(call, 406, {
        code: 'not-supported',
        diagnostics: 'Accept does not admit application/fhir+json.',
      })
}

function wholeNumber(text: string | null, otherwise: number): number | undefined {
  if (text === null) return otherwise
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

function search(call: RequestContext, type: string): Response {
  const { state, url, base, answer } = call
  const unacceptable = acceptRefusal(call)
  if (unacceptable) return unacceptable
  const parameters = new URLSearchParams(url.search)
  const count = wholeNumber(parameters.get('_count'), pageSize)
  const offset = wholeNumber(parameters.get('_offset'), 0)
  if (count === undefined || offset === undefined)
    return refused(call, 400, { code: 'value', diagnostics: '_count and _offset must be whole numbers.' })
  const criteria = [...parameters].filter(([name]) => !['_count', '_offset', '_format'].includes(name))
  const query = parseResourceQuery(`${type}?${criteria.map(([name, value]) => `${name}=${value}`).join('&')}`)
  if ('unsupported' in query)
    return refused(call, 400, { code: 'not-supported', diagnostics: query.unsupported })
  const created =
    type === 'Group' && state.conduct.showsCreatedGroup('search') ? [...state.groups.values()] : []
  const found = [...state.catalogue.ofType(type), ...created].filter(query.test)
  return answer(
    'rest.search',
    fhirResponse(200, searchsetPage({ base, type, found, count, offset, criteria })),
  )
}

function searchsetPage(about: {
  readonly base: string
  readonly type: string
  readonly found: readonly Resource[]
  readonly count: number
  readonly offset: number
  readonly criteria: readonly (readonly [string, string])[]
}): Record<string, unknown> {
  const { base, type, found, count, offset, criteria } = about
  const link = (relation: string, at: number) => {
    const query = new URLSearchParams(criteria.map(([name, value]): [string, string] => [name, value]))
    query.set('_count', String(count))
    query.set('_offset', String(at))
    return { relation, url: `${base}/${type}?${query}` }
  }
  const more = count > 0 && offset + count < found.length
  const entry = found.slice(offset, offset + count).map((resource) => ({
    fullUrl: `${base}/${type}/${resource.id}`,
    resource,
    search: { mode: 'match' },
  }))
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: found.length,
    link: [link('self', offset), ...(more ? [link('next', offset + count)] : [])],
    ...(entry.length > 0 ? { entry } : {}),
  }
}
