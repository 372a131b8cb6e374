import { jsonResponse, withoutBody, withStatus } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'
import { type Fault, onAnswer } from './definition.ts'

/** Long after a job is over, in ms: longer than a run takes that waits for nothing. */
const later = 100_000

const isOver = (since: number | undefined, now: number) => since !== undefined && now - since > later

/** When jobs were deleted, by their polling location. */
const deletions = new Map<string, number>()

const answersLater = (kind: 'status.complete' | 'status.failed', answer: Parameters<typeof onAnswer>[1]) =>
  onAnswer(kind, (r, about) => (isOver(about.job?.completedAt, about.now) ? answer(r, about) : r))

/** Faults of jobs that are over, which show long after that. */
export const afterwardsFaults: readonly Fault[] = [
  {
    id: 'complete-job-runs-again',
    breaks: 'export.status.complete-200',
    // What runs has no manifest.
    also: ['export.status.complete-repeatable'],
    conduct: answersLater('status.complete', (r) => withoutBody(withStatus(r, 202))),
  },
  {
    id: 'complete-job-forgotten',
    breaks: 'export.status.complete-repeatable',
    conduct: answersLater('status.complete', () =>
      refusal(404, { code: 'not-found', diagnostics: 'There is no export job here.' }),
    ),
  },
  {
    id: 'failed-job-completes',
    breaks: 'export.status.error.status',
    configuration: { failing: '_fail' },
    conduct: answersLater('status.failed', (r) => withStatus(r, 200)),
  },
  {
    id: 'deleted-job-comes-back',
    breaks: 'export.delete.then-404',
    // It comes back with a manifest.
    also: ['export.delete.cancels'],
    conduct: onAnswer(['deletion.accepted', 'status.unknown'], (r, { request, now, deleted }) => {
      if (request.method === 'DELETE') deletions.set(request.url, now)
      return deleted && isOver(deletions.get(request.url), now)
        ? jsonResponse(200, { transactionTime: new Date(now).toISOString(), output: [], error: [] })
        : r
    }),
  },
]
