import type { As } from '../model/suite.ts'

/** A job that the harness started or may have started. */
export interface Job {
  /** Live URL of its kick-off. */
  readonly kickoffUrl: string
  /** With whose token it was started. */
  readonly as: As
  /** `sent`: nobody knows whether there is one; `none`: there is none. */
  state: 'sent' | 'open' | 'deleted' | 'left' | 'none'
  /** Live URL at which it is deleted. */
  statusUrl?: string
}

/** Every job of a session. */
export interface Jobs {
  /** Registers a job before its kick-off is sent. */
  expect(kickoffUrl: string, as: As): Job
  /** What the answer to its kick-off says about it. */
  answered(
    job: Job,
    answer: { readonly status?: number; readonly silence?: string; readonly statusUrl?: string },
  ): void
  /** What the answer to a DELETE says about the job at that URL. */
  deletion(statusUrl: string, status: number | undefined): void
  /** The job at that URL is left to others. */
  leave(statusUrl: string): void
  open(): readonly Job[]
  /** Whether several kick-offs were answered with this polling location: who deletes its job deletes that of another. */
  isShared(statusUrl: string): boolean
  counts(): { readonly started: number; readonly deleted: number; readonly perhapsLeft: readonly string[] }
}

/** A registry without jobs. */
export function openJobs(): Jobs {
  const all: Job[] = []
  return {
    expect(kickoffUrl, as) {
      const job: Job = { kickoffUrl, as, state: 'sent' }
      all.push(job)
      return job
    },
    answered(job, { status, silence, statusUrl }) {
      const unsent =
        silence === 'refused' || silence === 'dns' || silence === 'tls' || silence === 'forbidden'
      if (statusUrl !== undefined) Object.assign(job, { state: 'open', statusUrl })
      else if (unsent || (status !== undefined && status !== 202)) job.state = 'none'
      else job.state = 'left'
    },
    deletion(statusUrl, status = 0) {
      const gone = (status >= 200 && status < 300) || status === 404 || status === 410
      for (const job of all)
        if (job.statusUrl === statusUrl && job.state !== 'deleted') job.state = gone ? 'deleted' : job.state
    },
    leave(statusUrl) {
      for (const job of all) if (job.statusUrl === statusUrl && job.state === 'open') job.state = 'left'
    },
    open: () => all.filter((job) => job.state === 'open'),
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
