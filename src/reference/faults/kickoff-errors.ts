import type { KickoffProblemKind } from '../export/job.ts'
import { type Response, withBody, withHeader, withJson, withoutBody, withStatus } from '../http-message.ts'
import { operationOutcome } from '../operation-outcome.ts'
import { type Fault, onAnswer } from './definition.ts'

const refusing = (change: (response: Response) => Response) => onAnswer('kickoff.refused', change)

const refusedFor = (kind: KickoffProblemKind, change: (response: Response) => Response) =>
  onAnswer('kickoff.refused', (r, { problems }) => (problems?.some((it) => it.kind === kind) ? change(r) : r))

/** Faults of the responses to wrong kick-off requests. */
export const kickoffErrorFaults: readonly Fault[] = [
  {
    id: 'malformed-since-answered-200',
    breaks: 'export.kickoff.error-status',
    also: ['export.params.since.invalid'],
    conduct: refusedFor('since', (r) => withStatus(r, 200)),
  },
  {
    id: 'kickoff-refused-in-plain-text',
    breaks: 'export.kickoff.error-body-oo',
    conduct: refusing((r) => withBody(r, 'Bad request', 'text/plain')),
  },
  {
    id: 'kickoff-refused-in-problem-json',
    breaks: 'export.kickoff.error-body-oo',
    conduct: refusing((r) => withBody(r, '{"title":"Bad request"}', 'application/problem+json')),
  },
  {
    id: 'kickoff-refused-without-body',
    breaks: 'export.kickoff.error-body-oo',
    conduct: refusing(withoutBody),
  },
  {
    id: 'invalid-outcomes',
    breaks: 'export.errors.oo.valid',
    conduct: onAnswer('kickoff.refused', (r) =>
      withJson(r, () => ({
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'critical', code: 'oops', diagnostics: 'Something is wrong.' }],
      })),
    ),
  },
  {
    id: 'refusal-as-text-html',
    breaks: 'export.errors.oo.content-type',
    conduct: refusing((r) => withHeader(r, 'Content-Type', 'text/html')),
  },
  {
    id: 'refusal-says-nothing',
    breaks: 'export.errors.oo.details',
    conduct: refusing((r) =>
      withJson(r, () => ({
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'invalid' }],
      })),
    ),
  },
  {
    id: 'accepted-with-an-error',
    breaks: 'export.errors.no-2xx-error',
    conduct: onAnswer('kickoff.accepted', (r) =>
      withJson(r, () =>
        operationOutcome({
          severity: 'error',
          code: 'processing',
          diagnostics: 'The export could not be started.',
        }),
      ),
    ),
  },
  {
    id: 'malformed-since-answered-500',
    breaks: 'export.errors.no-5xx-for-client',
    conduct: refusedFor('since', (r) => withStatus(r, 500)),
  },
  {
    id: 'stack-trace-in-refusal',
    breaks: 'export.errors.no-leak',
    conduct: refusing((r) =>
      withJson(r, () =>
        operationOutcome({
          severity: 'error',
          code: 'invalid',
          diagnostics:
            'TypeError: since is undefined\n    at kickoff (/srv/provider/src/kickoff.js:41:17)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
        }),
      ),
    ),
  },
]
