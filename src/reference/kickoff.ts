import { randomUUID } from 'node:crypto'
import { authorize, uncovered } from './access.ts'
import type { Level } from './configurations.ts'
import type { Job, Kickoff, Problem } from './job.ts'
import { headerProblems, sent } from './kickoff-request.ts'
import { admitsMedia, fhir, headerLines, type Response } from './message.ts'
import { outcome, refusal } from './outcome.ts'
import { understand, type Where } from './parameters.ts'
import { problem } from './problems.ts'
import { retryAfter } from './waiting.ts'
import type { Call, Grant } from './world.ts'

/** A kick-off request for a level, of a Group by its id. */
export function kickoff(call: Call, level: Level, groupId?: string): Response {
  const { world, request, answer } = call
  const { post, maxJobs } = world.configuration
  const grant = authorize(call, 'kickoff')
  if ('status' in grant) return grant
  if (request.method !== 'GET' && !(post && request.method === 'POST'))
    return answer(
      'kickoff.refused',
      refusal(
        405,
        {
          code: 'not-supported',
          diagnostics: `An export is not kicked off by another method than ${post ? 'GET and POST' : 'GET'}.`,
        },
        [['Allow', post ? 'GET, POST' : 'GET']],
      ),
      { level },
    )
  const group = groupId === undefined ? undefined : world.catalogue.find('Group', groupId)
  const read = readKickoff(call, grant, { level, ...(group ? { group } : {}) })
  const problems = read.problems.filter((it) => world.conduct.minds(it))
  const lenient = world.conduct.prefersLenient(headerLines(request, 'prefer'))
  const grave = lenient ? problems.filter((it) => !it.ignorable) : problems
  if (grave.length > 0) return refused(call, level, grave)
  const accepted: Kickoff = { ...read.kickoff, ignored: problems.filter((it) => world.conduct.reports(it)) }
  const running = world.jobs.filter((job) => job.clientId === grant.clientId && job.completedAt === undefined)
  if (maxJobs > 0 && !world.conduct.mayStart(running.length, maxJobs))
    return answer(
      'kickoff.refused',
      refusal(429, { code: 'throttled', diagnostics: 'Another export of this client is in progress.' }, [
        ['Retry-After', retryAfter(call)],
      ]),
      { level, kickoff: accepted },
    )
  return start(call, grant, { kickoff: accepted, types: read.exported })
}

interface Read {
  readonly kickoff: Kickoff
  /** The types that are exported. */
  readonly exported: readonly string[]
  readonly problems: readonly Problem[]
}

function readKickoff(call: Call, grant: Grant, where: Where): Read {
  const { world, request, base, url } = call
  const { conduct, catalogue } = world
  const asked = sent(call)
  const { understood, problems } = understand(call, asked, where)
  const found: Problem[] = [...headerProblems(call, acceptsJson), ...problems]
  if (where.level === 'group' && !where.group)
    found.unshift(problem('group', 'There is no Group with this id.'))
  const kickoff: Kickoff = {
    ...understood,
    ...where,
    method: request.method === 'POST' ? 'POST' : 'GET',
    url: `${base}${call.path}${url.search}`,
    parameters: asked.parameters,
    ignored: [],
  }
  const explicit = [...(understood.types ?? []), ...(understood.associated ? ['Provenance'] : [])]
  const forbidden = uncovered(call, grant, { types: explicit, permissions: ['r', 's'], endpoint: 'kickoff' })
  if (forbidden !== undefined)
    found.push(
      problem('type-unauthorized', `The scope of the access token does not cover ${forbidden}.`, '_type'),
    )
  const exported = [...catalogue.types].filter(
    (type) =>
      conduct.levelHolds(where.level, type) &&
      conduct.wantsType(type, kickoff) &&
      conduct.covers(grant.scopes, { type, permissions: ['r', 's'] }, 'selection'),
  )
  if (exported.length === 0 && understood.types === undefined && world.authorization)
    found.push(
      problem('type-unauthorized', 'The scope of the access token covers nothing that can be exported.'),
    )
  return { kickoff, exported, problems: found }
}

function acceptsJson(accept: string | undefined): boolean {
  return admitsMedia(accept, ['application/fhir+json', 'application/json'])
}

function refused(call: Call, level: Level, problems: readonly Problem[]): Response {
  const issues = problems.map(({ code, diagnostics }) => ({ severity: 'error' as const, code, diagnostics }))
  const status = problems[0]?.status ?? 400
  return call.answer(
    'kickoff.refused',
    fhir(
      status,
      outcome(...issues),
      status === 403 ? [['WWW-Authenticate', 'Bearer error="insufficient_scope"']] : [],
    ),
    { level, problems },
  )
}

/** The patients whose data are exported; undefined: whoever is there. */
function chosen(call: Call, { group, patients }: Kickoff): readonly string[] | undefined {
  return patients ?? (group ? call.world.conduct.members(group) : undefined)
}

function start(
  call: Call,
  grant: Grant,
  about: { readonly kickoff: Kickoff; readonly types: readonly string[] },
): Response {
  const { world, request, answer, base, now } = call
  const { kickoff, types } = about
  const patients = chosen(call, kickoff)
  const job: Job = {
    id: world.conduct.jobId(randomUUID(), request),
    clientId: grant.clientId,
    kickoff,
    types,
    ...(patients ? { patients: new Set(patients) } : {}),
    startedAt: now,
    polls: 0,
    hasty: 0,
    throttled: 0,
    visits: 0,
  }
  world.jobs = [...world.jobs.filter(({ id }) => id !== job.id), job]
  return answer(
    'kickoff.accepted',
    fhir(
      202,
      outcome({
        severity: 'information',
        code: 'informational',
        diagnostics: 'The export has been started.',
      }),
      [['Content-Location', `${base}/bulk/status/${job.id}`]],
    ),
    { level: kickoff.level, kickoff, job },
  )
}
