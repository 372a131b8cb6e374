import { randomUUID } from 'node:crypto'
import { authorize, insufficientScope, uncoveredType } from '../authorization/access.ts'
import type { GroupProblemKind } from '../conduct/groups.ts'
import { fhirResponse, headerLines, preferencesOf, type Response } from '../http-message.ts'
import { operationOutcome, type OutcomeIssue, refusal } from '../operation-outcome.ts'
import type { Resource } from '../population/model.ts'
import type { RequestContext } from '../provider-state.ts'
import { retryAfterValue } from '../export/progress-headers.ts'
import { cohortProfile, filterProblems, filterTexts, refreshedUrl } from './member-filters.ts'

/** POST of Group, and PUT and DELETE of one that a client created. */
export function handleGroupWrite(call: RequestContext, id: string | undefined): Response {
  const { state, request } = call
  const { method } = request
  const grant = authorize(call, 'write')
  if ('status' in grant) return grant
  const permission = method === 'POST' ? 'c' : method === 'PUT' ? 'u' : 'd'
  const need = { types: ['Group'], permissions: [permission], endpoint: 'write' } as const
  if (state.conduct.checksWriteScope() && uncoveredType(call, grant, need) !== undefined)
    return insufficientScope(call, 'Group', 'write')
  const known = id === undefined ? undefined : state.groups.get(id)
  if (method !== 'POST' && !known)
    return refused(call, state.goneGroups.has(id ?? '') ? 410 : 404, 'There is no Group of a client here.')
  if (method === 'DELETE') return remove(call, id ?? '')
  const wantsAsync = preferencesOf(headerLines(request, 'prefer')).has('respond-async')
  const mode: GroupProblemKind = wantsAsync ? 'asynchronous' : 'synchronous'
  if (state.conduct.raisesGroupProblem(mode, method))
    return refused(call, 412, `A Group cannot be written by ${mode} requests.`)
  return write(call, known, wantsAsync)
}

function write(call: RequestContext, known: Resource | undefined, wantsAsync: boolean): Response {
  const { state, request, base, now, answer } = call
  const sent = groupIn(request.body)
  const raised = (kind: GroupProblemKind) => state.conduct.raisesGroupProblem(kind, request.method)
  if (!sent) return refused(call, 400, 'The body is not a Group with type and actual.')
  const [violation] = profileViolations(sent)
  if (violation !== undefined && raised('profile')) return refused(call, 422, violation)
  const [unsupported] = raised('filter') ? filterProblems(sent) : []
  const finish = (): Response => {
    if (unsupported !== undefined) return refusal(422, { code: 'not-supported', diagnostics: unsupported })
    const id = known?.id ?? randomUUID()
    const kept = state.conduct.keptGroup(keptForm(call, sent, { id, known }))
    state.groups.set(id, kept)
    return fhirResponse(known ? 200 : 201, kept, [['Location', `${base}/Group/${id}`]])
  }
  if (!wantsAsync) {
    const done = finish()
    return answer(done.status < 400 ? 'group.written' : 'group.refused', done)
  }
  const id = randomUUID()
  state.interactions.set(id, { polls: 0, finish, startedAt: now })
  return answer(
    'group.accepted',
    fhirResponse(202, information('The Group is being written.'), [
      ['Content-Location', `${base}/bulk/interactions/${id}`],
    ]),
  )
}

/** GET and DELETE on the polling location of an asynchronous request about a Group. */
export function handleInteraction(call: RequestContext, id: string): Response {
  const { state, request, answer } = call
  const grant = authorize(call, 'status')
  if ('status' in grant) return grant
  const known = state.interactions.get(id)
  if (!known) return refused(call, 404, 'There is no asynchronous request here.')
  if (request.method === 'DELETE') {
    state.interactions.delete(id)
    return answer('group.interaction-deleted', fhirResponse(202, information('The request is forgotten.')))
  }
  known.polls += 1
  if (known.polls < 2)
    return answer('group.progress', { status: 202, headers: [['Retry-After', retryAfterValue(call)]] })
  known.result ??= known.finish()
  return answer('group.finished', fhirResponse(200, batchResponse(known.result)))
}

function batchResponse({ status, headers, body }: Response): Record<string, unknown> {
  const location = headers.find(([name]) => name === 'Location')?.[1]
  const resource: unknown = typeof body === 'string' ? JSON.parse(body) : undefined
  const response =
    status < 400
      ? { status: String(status), ...(location === undefined ? {} : { location }) }
      : { status: String(status), outcome: resource }
  return {
    resourceType: 'Bundle',
    type: 'batch-response',
    entry: [{ ...(status < 400 ? { resource } : {}), response }],
  }
}

function remove({ state, answer }: RequestContext, id: string): Response {
  state.groups.delete(id)
  state.goneGroups.add(id)
  return answer('group.deleted', { status: 204, headers: [] })
}

function groupIn(body: string | undefined): Resource | undefined {
  try {
    const it = JSON.parse(body ?? '') as Resource
    const isGroup =
      it.resourceType === 'Group' && typeof it.type === 'string' && typeof it.actual === 'boolean'
    return isGroup ? it : undefined
  } catch {
    return undefined
  }
}

/** What is wrong with a Group that is meant as a cohort. */
function profileViolations(group: Resource): readonly string[] {
  const claims = Array.isArray(group.meta?.profile) && group.meta.profile.includes(cohortProfile)
  const filters = filterTexts(group)
  if (!claims && filters.length === 0) return []
  const found: string[] = []
  if (filters.length === 0) found.push('A cohort Group needs a member-filter.')
  if (typeof group.name !== 'string') found.push('A cohort Group needs a name.')
  if (!['person', 'practitioner', 'device'].includes(group.type as string))
    found.push('The type of a cohort Group is person, practitioner or device.')
  if (group.characteristic !== undefined) found.push('A cohort Group has no characteristic.')
  return found
}

function keptForm(
  { state, now }: RequestContext,
  sent: Resource,
  { id, known }: { readonly id: string; readonly known: Resource | undefined },
): Resource {
  const hasMembers = Array.isArray(sent.member) && sent.member.length > 0
  const isCohort = filterTexts(sent).length > 0
  const refreshed = isCohort && state.configuration.cohorts === 'periodic'
  return {
    ...sent,
    id,
    meta: {
      ...sent.meta,
      versionId: String(Number(known?.meta?.versionId ?? 0) + 1),
      lastUpdated: new Date(now).toISOString(),
    },
    actual: isCohort ? hasMembers : (sent.actual as boolean),
    ...(refreshed ? { extension: [{ url: refreshedUrl, valueDateTime: new Date(now).toISOString() }] } : {}),
  }
}

function information(diagnostics: string): Record<string, unknown> {
  const issue: OutcomeIssue = { severity: 'information', code: 'informational', diagnostics }
  return operationOutcome(issue)
}

function refused({ answer }: RequestContext, status: number, diagnostics: string): Response {
  const code = status === 404 ? 'not-found' : status === 410 ? 'deleted' : 'processing'
  return answer('group.refused', refusal(status, { code, diagnostics }))
}
