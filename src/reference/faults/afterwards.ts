import { jsonResponse, withoutBody, withStatus } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'
import { type Fault, onAnswer } from './definition.ts'

/** A time long after the end of a job, in ms: longer than a run that does not wait for tokens. */
const later = 100_000

const isOver = (since: number | undefined, now: number) => since !== undefined && now - since > later

/** When jobs were deleted, by their polling location. */
const deletions = new Map<string, number>()

const answersLater = (kind: 'status.complete' | 'status.failed', answer: Parameters<typeof onAnswer>[1]) =>
  onAnswer(kind, (r, about) => (isOver(about.job?.completedAt, about.now) ? answer(r, about) : r))

/** Faults of ended jobs that show long after their end. */
export const afterwardsFaults: readonly Fault[] = [
  {
    id: 'complete-job-runs-again',
    breaks: 'export.status.complete-200',
    // A running job has no manifest.
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
    // The deleted job returns with a manifest.
    also: ['export.delete.cancels'],
    conduct: onAnswer(['deletion.accepted', 'status.unknown'], (r, { request, now, deleted }) => {
      if (request.method === 'DELETE') deletions.set(request.url, now)
      return deleted && isOver(deletions.get(request.url), now)
        ? jsonResponse(200, { transactionTime: new Date(now).toISOString(), output: [], error: [] })
        : r
    }),
  },
]
