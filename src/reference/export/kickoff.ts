import { randomUUID } from 'node:crypto'
import { authorize, uncoveredType } from '../authorization/access.ts'
import type { ServedLevel } from '../conduct/configurations.ts'
import type { ProviderJob, ParsedKickoff, KickoffProblem } from './job.ts'
import { headerProblems, rawParametersOf } from './raw-parameters.ts'
import { admitsMedia, fhirResponse, headerLines, type Response } from '../http-message.ts'
import { operationOutcome, refusal } from '../operation-outcome.ts'
import { parseParameters, type KickoffEndpoint } from './parameters.ts'
import { kickoffProblem } from './kickoff-problem.ts'
import { retryAfterValue } from './progress-headers.ts'
import type { RequestContext, Grant } from '../provider-state.ts'
import { releaseFormat } from './release-format.ts'
import { urlFrom } from '../url-layout.ts'

/** A kick-off request for a level, of a Group by its id. */
export function handleKickoff(call: RequestContext, level: ServedLevel, groupId?: string): Response {
  const { state, request, answer } = call
  const { conduct } = state
  const { maxJobs } = state.configuration
  const { methods } = releaseFormat(state.release, state.configuration)
  const grant = authorize(call, 'kickoff')
  if ('status' in grant) return grant
  if (!conduct.acceptsMethod(request.method, methods, level))
    return answer(
      'kickoff.refused',
      refusal(
        405,
        {
          code: 'not-supported',
          diagnostics: `Kick-off requests support only ${methods.join(' and ')}.`,
        },
        [['Allow', methods.join(', ')]],
      ),
      { level },
    )
  const group = groupId === undefined ? undefined : state.catalogue.find('Group', groupId)
  const read = readKickoff(call, grant, { level, ...(group ? { group } : {}) })
  const problems = read.problems.filter((it) => state.conduct.raisesProblem(it))
  const lenient = state.conduct.prefersLenient(headerLines(request, 'prefer'))
  const grave = lenient ? problems.filter((it) => !it.ignorable) : problems
  if (grave.length > 0) return refused(call, level, grave)
  const accepted: ParsedKickoff = {
    ...read.kickoff,
    ignored: problems.filter((it) => state.conduct.reportsProblem(it)),
  }
  const running = state.jobs.filter((job) => job.clientId === grant.clientId && job.completedAt === undefined)
  if (maxJobs > 0 && !state.conduct.mayStartJob(running.length, maxJobs))
    return answer(
      'kickoff.refused',
      refusal(429, { code: 'throttled', diagnostics: 'Another export of this client is in progress.' }, [
        ['Retry-After', retryAfterValue(call)],
      ]),
      { level, kickoff: accepted },
    )
  return startJob(call, grant, { kickoff: accepted, types: read.exportedTypes })
}

interface KickoffParseResult {
  readonly kickoff: ParsedKickoff
  /** The types that are exported. */
  readonly exportedTypes: readonly string[]
  readonly problems: readonly KickoffProblem[]
}

function readKickoff(call: RequestContext, grant: Grant, where: KickoffEndpoint): KickoffParseResult {
  const { state, request, base, url } = call
  const { conduct, catalogue } = state
  const asked = rawParametersOf(call)
  const { values, problems } = parseParameters(call, asked, where)
  const found: KickoffProblem[] = [...headerProblems(call, acceptsJson), ...problems]
  if (where.level === 'group' && !where.group)
    found.unshift(kickoffProblem('group', 'There is no Group with this id.'))
  const kickoff: ParsedKickoff = {
    ...values,
    ...where,
    ...(state.configuration.separateStatus && conduct.prefersSeparateStatus(headerLines(request, 'prefer'))
      ? { separateStatus: true }
      : {}),
    method: request.method === 'POST' ? 'POST' : 'GET',
    url: `${base}${call.path}${url.search}`,
    parameters: asked.parameters,
    ignored: [],
  }
  const unreadable =
    where.level === 'group' &&
    state.configuration.groupReadScope &&
    uncoveredType(call, grant, { types: ['Group'], permissions: ['r'], endpoint: 'kickoff' })
  if (unreadable)
    found.push(kickoffProblem('type-unauthorized', 'The scope of the access token does not cover Group.'))
  const explicit = [...(values.types ?? []), ...(values.associated ? ['Provenance'] : [])]
  const forbidden = uncoveredType(call, grant, {
    types: explicit,
    permissions: ['r', 's'],
    endpoint: 'kickoff',
  })
  if (forbidden !== undefined)
    found.push(
      kickoffProblem(
        'type-unauthorized',
        `The scope of the access token does not cover ${forbidden}.`,
        '_type',
      ),
    )
  const exported = [...catalogue.types].filter(
    (type) =>
      !state.configuration.notExported.includes(type) &&
      conduct.levelIncludes(where.level, type) &&
      conduct.exportsType(type, kickoff) &&
      conduct.scopesCover(grant.scopes, { type, permissions: ['r', 's'] }, 'selection'),
  )
  if (exported.length === 0 && values.types === undefined && state.authorization)
    found.push(
      kickoffProblem(
        'type-unauthorized',
        'The scope of the access token covers nothing that can be exported.',
      ),
    )
  return { kickoff, exportedTypes: exported, problems: found }
}

function acceptsJson(accept: string | undefined): boolean {
  return admitsMedia(accept, ['application/fhir+json', 'application/json'])
}

function refused(call: RequestContext, level: ServedLevel, problems: readonly KickoffProblem[]): Response {
  const issues = problems.map(({ code, diagnostics }) => ({ severity: 'error' as const, code, diagnostics }))
  const status = problems[0]?.status ?? 400
  return call.answer(
    'kickoff.refused',
    fhirResponse(
      status,
      operationOutcome(...issues),
      status === 403 ? [['WWW-Authenticate', 'Bearer error="insufficient_scope"']] : [],
    ),
    { level, problems },
  )
}

/** The patients whose data are exported; undefined: all. */
function exportedPatients(
  call: RequestContext,
  { group, patients }: ParsedKickoff,
): readonly string[] | undefined {
  return patients ?? (group ? call.state.conduct.groupMembers(group) : undefined)
}

function startJob(
  call: RequestContext,
  grant: Grant,
  about: { readonly kickoff: ParsedKickoff; readonly types: readonly string[] },
): Response {
  const { state, request, answer, base, now } = call
  const { kickoff, types } = about
  const layout = state.configuration.urls
  const patients = exportedPatients(call, kickoff)
  const job: ProviderJob = {
    id: state.conduct.jobId(randomUUID(), request),
    clientId: grant.clientId,
    kickoff,
    types,
    ...(patients ? { patients: new Set(patients) } : {}),
    startedAt: now,
    polls: 0,
    hastyPolls: 0,
    throttledPolls: 0,
    pollsAfterCompletion: 0,
  }
  state.jobs = [...state.jobs.filter(({ id }) => id !== job.id), job]
  return answer(
    'kickoff.accepted',
    fhirResponse(
      202,
      operationOutcome({
        severity: 'information',
        code: 'informational',
        diagnostics: 'The export has been started.',
      }),
      [
        ['Content-Location', urlFrom(layout.status, { layout, base }, { job: job.id })],
        ...(kickoff.separateStatus
          ? [['Preference-Applied', 'respond-async, separate-export-status'] as const]
          : []),
      ],
    ),
    { level: kickoff.level, kickoff, job },
  )
}
