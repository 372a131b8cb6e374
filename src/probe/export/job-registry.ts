import type { JobLocation } from '../../model/export/job-location.ts'
import type { HeaderList, NetworkErrorKind } from '../../model/http/exchange.ts'
import type { JobCounts } from '../../model/jobs.ts'
import type { RequestCredentials } from '../../model/suite.ts'
import type { JobEvent } from '../events.ts'

/** A job that the harness started or may have started. */
interface ExportJob {
  /** Number of the exchange of its kick-off. */
  readonly exchange: number
  /** With whose token it was started. */
  readonly as: RequestCredentials
  /** The page on which its kick-off was recorded. */
  readonly page: number
  /** Live URL at which it is deleted; of a resource that the harness created, its URL. */
  readonly statusUrl: string
  /** It creates a resource whose URL is not known yet. */
  creates: boolean
  /** `left`: the harness does not delete it. */
  state: 'open' | 'deleted' | 'left'
  /** A deletion was tried and did not show that the job is gone. */
  isTried: boolean
}

/** The answer to a kick-off. */
interface KickoffAnswer {
  readonly exchange: { readonly number: number }
  readonly status?: number
  readonly headers?: HeaderList
  readonly networkError?: NetworkErrorKind
}

/** Every job of a session. */
export interface JobRegistry {
  /** The same registry for what is recorded on a page. */
  startedBy(page: number): JobRegistry
  /** A kick-off is about to be sent; its exchange will have that number. */
  recordIntent(exchange: number): void
  /** What the answer to a kick-off says about its job. */
  recordKickoff(
    answer: KickoffAnswer,
    as: RequestCredentials,
    location: (JobLocation & { readonly creates?: true }) | undefined,
  ): void
  /** The asynchronous write at that URL has ended: with a resource that is to be deleted, if `created` is its URL. */
  recordWritten(statusUrl: string, ended: { readonly exchange: number; readonly created?: string }): void
  /** The job at that URL is gone. */
  recordGone(statusUrl: string): void
  /** A deletion did not show that the job is gone; `isFinal`: another one would not either. */
  recordFailure(statusUrl: string, isFinal: boolean): void
  /** The job at that URL is left to others. */
  handOver(statusUrl: string): void
  openJobs(): readonly ExportJob[]
  /** `perhapsLeft` is not masked. */
  counts(): JobCounts
}

/** A registry without jobs; it says what happens to them as soon as it is known. */
export function openJobRegistry(notify: (event: JobEvent) => void = () => undefined): JobRegistry {
  const all: ExportJob[] = []
  const unlocated: NonNullable<JobCounts['unlocated']>[number][] = []
  const openAt = (statusUrl: string) => all.filter((it) => it.statusUrl === statusUrl && it.state === 'open')
  const startedBy = (page: number): JobRegistry => ({
    startedBy,
    recordIntent: (exchange) => notify({ kind: 'kick-off', exchange }),
    recordKickoff(answer, as, location) {
      const exchange = answer.exchange.number
      if (location) {
        const { statusUrl, isCertain, creates = false } = location
        const state = isCertain ? 'open' : 'left'
        all.push({ exchange, as, page, statusUrl, creates, state, isTried: false })
        notify({
          ...{ kind: 'job-started', exchange, statusUrl, as, isCertain },
          ...(creates ? { creates } : {}),
        })
      } else if (mayHaveStarted(answer)) {
        const one = { exchange, answer: answer.status ?? ('no response' as const) }
        unlocated.push(one)
        notify({ kind: 'job-unlocated', ...one })
      } else notify({ kind: 'no-job', exchange })
    },
    recordWritten(statusUrl, { exchange, created }) {
      for (const job of all) {
        if (job.statusUrl !== statusUrl || !job.creates) continue
        job.creates = false
        if (created === undefined) continue
        const { as } = job
        all.push({ ...job, exchange, statusUrl: created, state: 'open', isTried: false })
        notify({ kind: 'job-started', exchange, statusUrl: created, as, isCertain: true })
      }
    },
    recordGone(statusUrl) {
      const gone = all.filter((it) => it.statusUrl === statusUrl && it.state !== 'deleted')
      for (const job of gone) job.state = 'deleted'
      if (gone.length > 0) notify({ kind: 'job-gone', exchanges: gone.map((it) => it.exchange) })
    },
    recordFailure(statusUrl, isFinal) {
      for (const job of openAt(statusUrl)) {
        job.isTried = true
        if (isFinal) job.state = 'left'
      }
    },
    handOver(statusUrl) {
      const jobs = openAt(statusUrl)
      for (const job of jobs) job.state = 'left'
      notify({ kind: 'job-handed-over', exchanges: jobs.map((it) => it.exchange) })
    },
    openJobs: () => all.filter((job) => job.state === 'open'),
    counts() {
      const left = all.filter((job) => job.state !== 'deleted').sort((a, b) => a.page - b.page)
      return {
        started: all.length,
        deleted: all.length - left.length,
        perhapsLeft: left.map((job) => job.statusUrl),
        ...(unlocated.length > 0 ? { unlocated: unlocated.toSorted((a, b) => a.exchange - b.exchange) } : {}),
      }
    },
  })
  return startedBy(0)
}

/** Whether a kick-off that names no polling location may have started a job. */
function mayHaveStarted({ status, networkError }: KickoffAnswer): boolean {
  if (status !== undefined) return status === 202 || status === 502 || status === 504
  return (
    networkError !== 'refused' &&
    networkError !== 'dns' &&
    networkError !== 'tls' &&
    networkError !== 'forbidden'
  )
}
