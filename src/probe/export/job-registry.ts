import { isDeleted } from '../../model/http/status.ts'
import type { RequestCredentials } from '../../model/suite.ts'

/** A job that the harness started or may have started. */
interface ExportJob {
  /** Live URL of its kick-off. */
  readonly kickoffUrl: string
  /** With whose token it was started. */
  readonly as: RequestCredentials
  /** `sent`: it is unknown whether there is a job; `none`: there is no job. */
  state: 'sent' | 'open' | 'deleted' | 'left' | 'none'
  /** Live URL at which it is deleted. */
  statusUrl?: string
}

/** Every job of a session. */
export interface JobRegistry {
  /** Registers a job before its kick-off is sent. */
  register(kickoffUrl: string, as: RequestCredentials): ExportJob
  /** Records the response to its kick-off. */
  recordKickoff(
    job: ExportJob,
    answer: { readonly status?: number; readonly networkError?: string; readonly statusUrl?: string },
  ): void
  /** Records the response to a DELETE of the job at that URL. */
  recordDeletion(statusUrl: string, status: number | undefined): void
  /** Records that other machines delete the job at that URL. */
  handOver(statusUrl: string): void
  openJobs(): readonly ExportJob[]
  /** Whether several kick-offs got this polling location: deleting one job then deletes that of another. */
  isShared(statusUrl: string): boolean
  counts(): { readonly started: number; readonly deleted: number; readonly perhapsLeft: readonly string[] }
}

/** A registry without jobs. */
export function openJobRegistry(): JobRegistry {
  const all: ExportJob[] = []
  return {
    register(kickoffUrl, as) {
      const job: ExportJob = { kickoffUrl, as, state: 'sent' }
      all.push(job)
      return job
    },
    recordKickoff(job, { status, networkError, statusUrl }) {
      const unsent =
        networkError === 'refused' ||
        networkError === 'dns' ||
        networkError === 'tls' ||
        networkError === 'forbidden'
      if (statusUrl !== undefined) Object.assign(job, { state: 'open', statusUrl })
      else if (unsent || (status !== undefined && status !== 202)) job.state = 'none'
      else job.state = 'left'
    },
    recordDeletion(statusUrl, status) {
      const gone = isDeleted(status)
      for (const job of all)
        if (job.statusUrl === statusUrl && job.state !== 'deleted') job.state = gone ? 'deleted' : job.state
    },
    handOver(statusUrl) {
      for (const job of all) if (job.statusUrl === statusUrl && job.state === 'open') job.state = 'left'
    },
    openJobs: () => all.filter((job) => job.state === 'open'),
    isShared: (statusUrl) => all.filter((job) => job.statusUrl === statusUrl).length > 1,
    counts() {
      const started = all.filter((job) => job.state !== 'none')
      const left = started.filter((job) => job.state !== 'deleted')
      return {
        started: started.length,
        deleted: started.length - left.length,
        perhapsLeft: left.map((job) => job.statusUrl ?? job.kickoffUrl),
      }
    },
  }
}
