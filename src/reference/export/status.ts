import { authorize, insufficientScope, uncoveredType } from '../authorization/access.ts'
import type { ProtectedEndpoint } from '../conduct/authorization.ts'
import type { ProviderJob } from './job.ts'
import { manifestOf, pagesOf } from './manifest.ts'
import { fhirResponse, jsonResponse, type Response, withHeader } from '../http-message.ts'
import { operationOutcome, refusal } from '../operation-outcome.ts'
import { filesOfJob } from './job-files.ts'
import { progressHeaders, retryAfterValue } from './progress-headers.ts'
import type { RequestContext, ProviderState } from '../provider-state.ts'

/** When the files of a complete job are removed, in ms since 1970. */
function expiryOf({ configuration }: ProviderState, completedAt: number): number {
  return completedAt + configuration.expiresIn * 1000
}

/** A job that still exists; expired jobs are removed. */
export function findJob({ state, now }: RequestContext, id: string): ProviderJob | undefined {
  state.jobs = state.jobs.filter(
    (job) =>
      job.completedAt === undefined || !state.conduct.hasExpired(job, expiryOf(state, job.completedAt), now),
  )
  return state.jobs.find((job) => job.id === id)
}

/** The response with the media type that the release gives to errors of the status request. */
function asStatusError({ state }: RequestContext, response: Response): Response {
  return state.release === '1.0.1' ? withHeader(response, 'Content-Type', 'application/json') : response
}

const noJob = { code: 'not-found', diagnostics: 'There is no export job here.' } as const

/** GET, and DELETE, on the polling location of a job. */
export function handleStatus(call: RequestContext, id: string): Response {
  const { state, request, answer } = call
  if (request.method !== 'GET' && request.method !== 'DELETE')
    return answer(
      'rest.refused',
      refusal(
        405,
        { code: 'not-supported', diagnostics: 'A polling location supports only GET and DELETE.' },
        [['Allow', 'GET, DELETE']],
      ),
    )
  const endpoint: ProtectedEndpoint = request.method === 'GET' ? 'status' : 'deletion'
  const grant = authorize(call, endpoint)
  if ('status' in grant) return grant
  const job = findJob(call, id)
  const deleted = state.deletedJobs.has(id)
  const hidden = deleted && state.conduct.hidesDeletedJobs()
  if (!job || hidden || !(grant.anonymous || state.conduct.mayAccessJob(job, grant.clientId, endpoint)))
    return endpoint === 'status'
      ? answer('status.unknown', asStatusError(call, refusal(404, noJob)), { deleted })
      : answer('deletion.refused', refusal(404, noJob), { deleted })
  const type = uncoveredType(call, grant, { types: job.types, permissions: ['r', 's'], endpoint })
  if (type !== undefined) return insufficientScope(call, type, endpoint)
  return endpoint === 'status' ? handleStatusRequest(call, job) : handleDeleteRequest(call, job)
}

function handleDeleteRequest({ state, answer }: RequestContext, job: ProviderJob): Response {
  state.jobs = state.conduct.remainingJobs(state.jobs, job)
  state.deletedJobs.add(job.id)
  return answer(
    'deletion.accepted',
    fhirResponse(
      202,
      operationOutcome({
        severity: 'information',
        code: 'informational',
        diagnostics: 'The export has been deleted.',
      }),
    ),
    { job, kickoff: job.kickoff, level: job.kickoff.level },
  )
}

function handleStatusRequest(call: RequestContext, job: ProviderJob): Response {
  const { state, answer, now } = call
  const { conduct, configuration } = state
  const about = { job, kickoff: job.kickoff, level: job.kickoff.level }
  if (job.completedAt === undefined && !conduct.isComplete(job, configuration, now)) {
    const wait = configuration.retryAfterSeconds * 1000
    const hasty = job.polledAt !== undefined && now < job.polledAt + wait
    job.hastyPolls = hasty ? job.hastyPolls + 1 : 0
    if (conduct.throttles(job.hastyPolls, configuration)) {
      job.throttledPolls += 1
      return answer(
        'status.throttled',
        refusal(
          429,
          { code: 'throttled', diagnostics: 'Status requests come sooner than Retry-After allows.' },
          [['Retry-After', retryAfterValue(call)]],
        ),
        about,
      )
    }
    job.polledAt = now
    job.polls += 1
    return answer('status.progress', withJobStatus(job, progressResponse(call, job)), about)
  }
  job.completedAt ??= now
  job.pollsAfterCompletion += 1
  if (conduct.fails(job, configuration))
    return answer(
      'status.failed',
      withJobStatus(
        job,
        asStatusError(call, refusal(500, { code: 'processing', diagnostics: 'The export has failed.' })),
      ),
      about,
    )
  return answer('status.complete', withJobStatus(job, manifestResponse(call, job, 0)), about)
}

/** A status response whose own status is 200 where the kick-off asked for that: the status of the job is then in a header. */
function withJobStatus({ kickoff }: ProviderJob, response: Response): Response {
  return kickoff.separateStatus
    ? { ...withHeader(response, 'X-Export-Status', String(response.status)), status: 200 }
    : response
}

/** The response while a job runs, with the first manifest if the kick-off allows that. */
function progressResponse(call: RequestContext, job: ProviderJob): Response {
  const headers = progressHeaders(call, job)
  if (!job.kickoff.partialManifests) return { status: 202, headers }
  job.files ??= filesOfJob(call.state, job)
  return jsonResponse(202, manifestOf(call, job, { page: 0, linked: false }), headers)
}

/** A page of the manifest of a complete job. */
function manifestResponse(call: RequestContext, job: ProviderJob, page: number): Response {
  job.files ??= filesOfJob(call.state, job)
  const expires = new Date(expiryOf(call.state, job.completedAt ?? call.now)).toUTCString()
  return jsonResponse(200, manifestOf(call, job, { page, linked: true }), [['Expires', expires]])
}

/** GET of a manifest that another one links to; protected like the status. */
export function handleManifestPage(call: RequestContext, id: string, page: number): Response {
  const { state, answer } = call
  const grant = authorize(call, 'status')
  if ('status' in grant) return grant
  const job = findJob(call, id)
  if (
    job?.completedAt === undefined ||
    !(grant.anonymous || state.conduct.mayAccessJob(job, grant.clientId, 'status')) ||
    page < 1 ||
    page >= pagesOf(state, job).length
  )
    return answer('status.unknown', asStatusError(call, refusal(404, noJob)), { deleted: false })
  const type = uncoveredType(call, grant, { types: job.types, permissions: ['r', 's'], endpoint: 'status' })
  if (type !== undefined) return insufficientScope(call, type, 'status')
  return answer('status.complete', manifestResponse(call, job, page), {
    ...{ job, kickoff: job.kickoff, level: job.kickoff.level },
    page,
  })
}
