import { isGone, isRetryable, isSuccess, isThrottled } from '../../model/http/status.ts'
import type { RequestCredentials } from '../../model/suite.ts'
import { sendAuthorized } from '../authorization/authorized-request.ts'
import { followUpIdentity } from '../authorization/request-authorization.ts'
import type { ProbeContext } from '../context.ts'
import type { HttpResponse } from '../http-client.ts'
import { lateOutcome } from '../interaction.ts'
import { requestAt, requestStatus, type StatusRequest } from './status-request.ts'

/** Sends a DELETE to the polling location of a job, with the token that the job was started with. */
export async function deleteJob(
  context: ProbeContext,
  url: string,
  as: RequestCredentials,
  repeating: Pick<StatusRequest, 'reportsThrottling'> = {},
): Promise<HttpResponse> {
  const response = await sendAuthorized(context, {
    purpose: 'deletion',
    as: followUpIdentity(as),
    request: requestAt(context, 'DELETE', url),
    followsRedirects: false,
    repeating,
  })
  if (isSuccess(response.status)) context.jobs.recordGone(url)
  return response
}

/** How long a write is waited for when everything is cleaned up. */
const longestWriteMs = 10_000

/** What became of a job: deleted, gone before, or perhaps still there. */
export type JobRemoval = 'deleted' | 'gone' | 'left'

/** Deletes a job and, where the answer does not say that it is gone, asks for its status. */
export async function removeJob(
  context: ProbeContext,
  url: string,
  as: RequestCredentials,
): Promise<JobRemoval> {
  return removalOf(context, { url, as }, await deleteJob(context, url, as))
}

/** Deletes what an asynchronous write created, and then the write itself. */
export async function removeWrite(
  context: ProbeContext,
  url: string,
  as: RequestCredentials,
): Promise<JobRemoval> {
  const ended = await lateOutcome(context, { url, as }, context.clock.now() + longestWriteMs)
  const resource = ended?.created === undefined ? 'gone' : await removeJob(context, ended.created, as)
  const write = await removeJob(context, url, as)
  return resource === 'left' || ended?.status === undefined ? 'left' : write
}

/** Finds out what writes of unknown outcome have created. */
async function finishWrites(context: ProbeContext): Promise<void> {
  const { jobs, clock, client } = context
  for (const { statusUrl: url, as, creates } of jobs.openJobs()) {
    const leftMs = Math.min(longestWriteMs, client.timeLeftMs())
    const ended =
      creates && leftMs > 0 ? await lateOutcome(context, { url, as }, clock.now() + leftMs) : undefined
    if (ended?.status !== undefined)
      jobs.recordWritten(url, {
        exchange: ended.exchange.number,
        ...(ended.created ? { created: ended.created } : {}),
      })
  }
}

async function removalOf(
  context: ProbeContext,
  { url, as }: StatusRequest,
  deletion: HttpResponse,
): Promise<JobRemoval> {
  if (isSuccess(deletion.status)) return 'deleted'
  if (deletion.networkError === 'forbidden') {
    context.jobs.recordFailure(url, false)
    return 'left'
  }
  const status = await requestStatus(context, { url, as })
  if (isGone(status.status)) context.jobs.recordGone(url)
  else context.jobs.recordFailure(url, deletion.status !== undefined && isFinal(deletion.status))
  return isGone(status.status) ? 'gone' : 'left'
}

/** Deletes the jobs that are open, not at one of these live URLs and not of a page that is written on, one after the other, each once. */
export async function removeUntriedJobs(
  context: ProbeContext,
  except: () => ReadonlySet<string>,
  busyPages: ReadonlySet<number> = new Set(),
): Promise<void> {
  const all = context.jobs.openJobs()
  const untried = all.filter((it) => !it.isTried)
  if (untried.length === 0) return
  const needed = except()
  // A server may answer equal requests with one job.
  const busy = new Set(all.filter((it) => busyPages.has(it.page)).map((it) => it.statusUrl))
  const open = untried.filter((it) => !needed.has(it.statusUrl) && !busy.has(it.statusUrl))
  for (const [url, as] of new Map(open.map((it) => [it.statusUrl, it.as])))
    if (!context.client.isStopped()) await removeJob(context, url, as)
}

const mostDeletionsAtOnce = 3

/** Deletes the jobs that are open until the time of the client is up: a few at a time, and once the server has put one off one at a time. */
export async function removeAllJobs(context: ProbeContext): Promise<void> {
  await finishWrites(context)
  const open = [...new Map(context.jobs.openJobs().map((it) => [it.statusUrl, it.as]))]
  const hasTime = () => context.client.timeLeftMs() > 0
  let isPutOff = false
  const removeBesideOthers = async () => {
    for (let next = open.shift(); next; next = isPutOff || !hasTime() ? undefined : open.shift()) {
      const [url, as] = next
      const deletion = await deleteJob(context, url, as, { reportsThrottling: true })
      // What the server puts off together would collide again.
      if (isThrottled(deletion.status)) {
        isPutOff = true
        open.unshift(next)
      } else await removalOf(context, { url, as }, deletion)
    }
  }
  if (hasTime()) await Promise.all(Array.from({ length: mostDeletionsAtOnce }, removeBesideOthers))
  for (let next = open.shift(); next && hasTime(); next = open.shift()) await removeJob(context, ...next)
}

/** Whether a DELETE that was answered so will be answered so again. */
function isFinal(status: number): boolean {
  return status !== 401 && status !== 403 && status !== 409 && (status === 501 || !isRetryable(status))
}
