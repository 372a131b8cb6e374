import { type Conduct, honestConduct } from '../conduct/conduct.ts'
import { optionalParameters } from '../conduct/configurations.ts'
import { type Fault, onAnswer } from './definition.ts'
import { withBody, withHeader, withJson, withoutBody, withStatus } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'

const unknownAfterDeletion = (status: number) =>
  onAnswer('status.unknown', (r, { deleted }) => (deleted ? withStatus(r, status) : r))

const refusingToDeleteComplete: Partial<Conduct> = {
  remainingJobs: (jobs, job) =>
    job.completedAt === undefined ? honestConduct.remainingJobs(jobs, job) : jobs,
  ...onAnswer('deletion.accepted', (r, { job }) =>
    job?.completedAt === undefined ? r : withBody(withStatus(r, 409), 'Conflict', 'text/plain'),
  ),
}

/** Faults of deleting a job. */
export const deleteFaults: readonly Fault[] = [
  // A job that is not deleted still exists afterwards.
  {
    id: 'deletion-not-offered',
    breaks: 'export.delete.supported',
    also: ['export.delete.after-complete'],
    conduct: {
      remainingJobs: (jobs) => jobs,
      ...onAnswer('deletion.accepted', () =>
        refusal(405, { code: 'not-supported', diagnostics: 'DELETE is not served here.' }, [
          ['Allow', 'GET'],
        ]),
      ),
    },
  },
  {
    id: 'deletion-answers-200',
    breaks: 'export.delete.status-202',
    conduct: onAnswer('deletion.accepted', (r) => withStatus(r, 200)),
  },
  {
    id: 'deletion-answers-204',
    breaks: 'export.delete.status-202',
    conduct: onAnswer('deletion.accepted', (r) => withoutBody(withStatus(r, 204))),
  },
  {
    id: 'deletion-body-of-its-own',
    breaks: 'export.delete.body-oo',
    conduct: onAnswer('deletion.accepted', (r) =>
      withJson(withHeader(r, 'Content-Type', 'application/json'), () => ({ state: 'deleted' })),
    ),
  },
  {
    id: 'refused-deletion-answers-200',
    breaks: 'export.delete.error.status',
    // Delete requests of other clients are not refused either.
    also: ['export.delete.originator'],
    conduct: onAnswer('deletion.refused', (r, { deleted }) => (deleted ? r : withStatus(r, 200))),
  },
  {
    id: 'deletion-refused-in-plain-text',
    breaks: 'export.delete.error.body-oo',
    conduct: onAnswer('deletion.refused', (r, { deleted }) =>
      deleted ? r : withBody(r, 'Not found', 'text/plain'),
    ),
  },
  { id: 'deleted-job-answers-400', breaks: 'export.delete.then-404', conduct: unknownAfterDeletion(400) },
  { id: 'deleted-job-answers-410', breaks: 'export.delete.then-404', conduct: unknownAfterDeletion(410) },
  {
    id: 'deleted-job-answers-202',
    breaks: 'export.delete.then-404',
    conduct: onAnswer('status.unknown', (r, { deleted }) => (deleted ? withoutBody(withStatus(r, 202)) : r)),
  },
  {
    id: 'deleted-job-without-outcome',
    breaks: 'export.delete.then-404.oo',
    conduct: onAnswer('status.unknown', (r, { deleted }) =>
      deleted ? withBody(r, 'Not found', 'text/plain') : r,
    ),
  },
  {
    id: 'second-deletion-answers-200',
    breaks: 'export.delete.repeat',
    conduct: onAnswer('deletion.refused', (r, { deleted }) =>
      deleted ? withoutBody(withStatus(r, 200)) : r,
    ),
  },
  {
    id: 'complete-job-not-deletable',
    breaks: 'export.delete.after-complete.accepted',
    also: ['export.delete.after-complete'],
    conduct: refusingToDeleteComplete,
  },
  {
    id: 'complete-job-not-deletable-without-type',
    breaks: 'export.delete.after-complete.accepted',
    also: ['export.delete.after-complete'],
    configuration: { parameters: optionalParameters.filter((it) => it !== '_type') },
    conduct: refusingToDeleteComplete,
  },
  // Requests for a job that goes on still find it.
  {
    id: 'deleted-job-goes-on',
    breaks: 'export.delete.cancels',
    also: ['export.delete.then-404'],
    conduct: { remainingJobs: (jobs) => jobs },
  },
  {
    id: 'deletion-answers-204-and-job-goes-on',
    breaks: 'export.delete.then-404',
    also: ['export.delete.status-202', 'export.delete.cancels'],
    conduct: {
      remainingJobs: (jobs) => jobs,
      ...onAnswer('deletion.accepted', (r) => withoutBody(withStatus(r, 204))),
    },
  },
  {
    id: 'deletion-of-all-jobs',
    breaks: 'export.delete.only-that-job',
    // Deleting the job also removes its files.
    also: ['export.files.available-until-expires', 'export.status.complete-repeatable'],
    conduct: {
      remainingJobs: (jobs, deleted) => jobs.filter(({ clientId }) => clientId !== deleted.clientId),
    },
  },
]
