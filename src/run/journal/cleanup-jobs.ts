import type { JobRemoval } from '../../probe/export/job-deletion.ts'
import type { Session } from '../../probe/session.ts'
import type { JournaledKickoff, JournalState } from './journal-state.ts'
import type { JournalFile } from './journal-file.ts'

/** What became of a job that a killed run left. */
export interface CleanedJob {
  /** Masked. */
  readonly shown: string
  readonly outcome:
    | JobRemoval
    /** Nothing was sent. */
    | 'not-at-an-allowed-origin'
    | 'not-certainly-a-job'
    | 'no-time'
}

/** The kick-offs of a run that may have left a job. */
export function jobsToClean({ kickoffs }: Pick<JournalState, 'kickoffs'>): {
  readonly located: readonly JournaledKickoff[]
  /** Nobody can find their jobs, if there are any. */
  readonly orphans: readonly JournaledKickoff[]
} {
  return {
    located: kickoffs.filter((it) => it.state === 'started' || it.state === 'handed-over'),
    orphans: kickoffs.filter((it) => it.state === 'sent' || it.state === 'unlocated'),
  }
}

/** Deletes the jobs at the polling locations of a journal, and appends which are gone. After an abort the rest is left. */
export async function cleanupJobs(
  located: readonly JournaledKickoff[],
  {
    session,
    journal,
    signal,
  }: {
    readonly session: Pick<Session, 'deleteJobAt'>
    readonly journal: Pick<JournalFile, 'append'>
    readonly signal: AbortSignal
  },
): Promise<readonly CleanedJob[]> {
  // A server may answer equal kick-offs with one job.
  const byLocation = new Map<string, readonly JournaledKickoff[]>()
  for (const it of located) {
    const place = it.job?.statusUrl ?? `${it.exchange}`
    byLocation.set(place, [...(byLocation.get(place) ?? []), it])
  }
  const done: CleanedJob[] = []
  for (const [, kickoffs] of byLocation) {
    const job = kickoffs[0]?.job
    if (!job) continue
    const outcome = await outcomeOf(job, session, signal)
    if (outcome === 'deleted' || outcome === 'gone') {
      const gone = { kind: 'job-gone', exchanges: kickoffs.map((it) => it.exchange) }
      journal.append(JSON.stringify(gone))
    }
    done.push({ shown: job.shown, outcome })
  }
  return done
}

async function outcomeOf(
  { statusUrl, isCertain, as, creates }: NonNullable<JournaledKickoff['job']>,
  session: Pick<Session, 'deleteJobAt'>,
  signal: AbortSignal,
): Promise<CleanedJob['outcome']> {
  if (statusUrl === undefined) return 'not-at-an-allowed-origin'
  if (!isCertain) return 'not-certainly-a-job'
  return signal.aborted ? 'no-time' : await session.deleteJobAt(statusUrl, as, creates)
}
