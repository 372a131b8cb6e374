import { type Fault, onAnswer } from './definition.ts'
import {
  headerOf,
  jsonResponse,
  type Response,
  withBody,
  withHeader,
  withJson,
  withoutBody,
  withoutHeader,
  withStatus,
} from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'

const failed = (r: Response) =>
  withJson(withStatus(r, 500), () => ({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'processing', diagnostics: 'The export has failed.' }],
  }))

const ownJson = (r: Response) => withBody(r, '{"message":"failed"}', 'application/json')

const errors = ['status.unknown', 'status.failed'] as const

const throttling = { throttleAfter: 1, retryAfterSeconds: 1, polls: 3 }

/** Faults of status requests. */
export const statusFaults: readonly Fault[] = [
  {
    id: 'status-error-as-text-called-fhir',
    breaks: 'export.status.error.other-format',
    also: ['export.status.error.body-oo.should'],
    conduct: onAnswer('status.unknown', (r, { deleted }) =>
      deleted ? r : withBody(r, 'There is nothing here.', 'application/fhir+json'),
    ),
  },
  {
    id: 'running-job-answers-204',
    breaks: 'export.status.in-progress-202',
    conduct: onAnswer('status.progress', (r) => withStatus(r, 204)),
  },
  {
    id: 'no-retry-after',
    breaks: 'export.status.retry-after',
    conduct: onAnswer('status.progress', (r) => withoutHeader(r, 'retry-after')),
  },
  {
    id: 'retry-after-in-words',
    breaks: 'export.status.retry-after.format',
    conduct: onAnswer('status.progress', (r) => withHeader(r, 'Retry-After', 'soon')),
  },
  {
    id: 'retry-after-since-1970',
    breaks: 'export.status.retry-after.format',
    conduct: onAnswer('status.progress', (r) => withHeader(r, 'Retry-After', '1767614400000')),
  },
  {
    id: 'long-x-progress',
    breaks: 'export.status.x-progress.length',
    conduct: onAnswer('status.progress', (r) =>
      withHeader(r, 'X-Progress', `${'working, '.repeat(13)}still`),
    ),
  },
  {
    id: 'hasty-polls-answered-503',
    breaks: 'export.status.too-frequent-429',
    configuration: throttling,
    conduct: onAnswer('status.throttled', (r) => withStatus(r, 503)),
  },
  {
    id: 'throttled-without-retry-after',
    breaks: 'export.status.too-frequent-429.retry-after',
    configuration: throttling,
    conduct: onAnswer('status.throttled', (r) => withoutHeader(r, 'retry-after')),
  },
  {
    id: 'throttled-with-other-json',
    breaks: 'export.status.too-frequent-429.body',
    configuration: throttling,
    conduct: onAnswer('status.throttled', ownJson),
  },
  {
    id: 'throttled-with-outcome-in-an-array',
    breaks: 'export.status.too-frequent-429.body',
    configuration: throttling,
    conduct: onAnswer('status.throttled', (r) => withJson(r, (body) => [body])),
  },
  {
    id: 'throttled-job-fails',
    breaks: 'export.status.too-frequent-recover',
    configuration: throttling,
    conduct: onAnswer(['status.progress', 'status.complete'], (r, { job }) =>
      job && job.throttledPolls > 0 ? failed(r) : r,
    ),
  },
  {
    id: 'failure-in-plain-text',
    breaks: 'export.status.export-failed-oo',
    configuration: { failing: '_fail' },
    conduct: onAnswer('status.failed', (r) => withBody(r, 'The export has failed.', 'text/plain')),
  },
  {
    id: 'failed-job-answers-200',
    breaks: 'export.status.error.status',
    configuration: { failing: '_fail' },
    conduct: onAnswer('status.failed', (r) => withStatus(r, 200)),
  },
  {
    id: 'status-error-as-html-stu1',
    breaks: 'export.status.error.content-type.json',
    release: '1.0.1',
    conduct: onAnswer(errors, (r) => withHeader(r, 'Content-Type', 'text/html')),
  },
  {
    id: 'status-error-in-own-json-stu1',
    breaks: 'export.status.error.body-oo.shall',
    release: '1.0.1',
    conduct: onAnswer(errors, ownJson),
  },
  {
    id: 'status-error-as-plain-json',
    breaks: 'export.status.error.content-type.fhir-json',
    configuration: { failing: '_fail' },
    conduct: onAnswer(errors, (r) => withHeader(r, 'Content-Type', 'application/json')),
  },
  {
    id: 'status-error-in-own-json',
    breaks: 'export.status.error.body-oo.should',
    conduct: onAnswer('status.unknown', (r, { deleted }) => (deleted ? r : ownJson(r))),
  },
  // Only status requests for unknown jobs fail, so they get the 2XX response.
  {
    id: 'unknown-job-answers-200',
    breaks: 'export.status.unknown-job',
    // The job of one client is unknown to another.
    also: ['security.restrict-to-originator'],
    conduct: onAnswer('status.unknown', (r, { deleted }) => (deleted ? r : jsonResponse(200, {}))),
  },
  {
    id: 'unknown-job-always-running',
    breaks: 'export.status.unknown-job',
    // The job of one client is unknown to another.
    also: ['security.restrict-to-originator'],
    conduct: onAnswer('status.unknown', (r, { deleted }) => (deleted ? r : withoutBody(withStatus(r, 202)))),
  },
  {
    id: 'complete-answers-201',
    breaks: 'export.status.complete-200',
    conduct: onAnswer('status.complete', (r) => withStatus(r, 201)),
  },
  {
    id: 'manifest-as-fhir-json',
    breaks: 'export.status.complete-content-type',
    conduct: onAnswer('status.complete', (r) => withHeader(r, 'Content-Type', 'application/fhir+json')),
  },
  {
    id: 'manifest-in-an-array',
    breaks: 'export.status.complete-body',
    conduct: onAnswer('status.complete', (r) => withJson(r, (body) => [body])),
  },
  {
    id: 'no-expires',
    breaks: 'export.status.expires.should',
    conduct: onAnswer('status.complete', (r) => withoutHeader(r, 'expires')),
  },
  {
    id: 'expires-as-placeholder',
    breaks: 'export.status.expires.format',
    conduct: onAnswer('status.complete', (r) => withHeader(r, 'Expires', 'EXAMPLE_EXPIRATION_DATE')),
  },
  {
    id: 'expires-in-iso-8601',
    breaks: 'export.status.expires.format',
    conduct: onAnswer('status.complete', (r, { now }) =>
      withHeader(r, 'Expires', new Date(now + 3_600_000).toISOString()),
    ),
  },
  {
    id: 'manifest-once',
    breaks: 'export.status.complete-repeatable',
    conduct: onAnswer('status.complete', (r, { job }) =>
      job && job.pollsAfterCompletion > 1
        ? refusal(404, { code: 'not-found', diagnostics: 'There is no export job here.' })
        : r,
    ),
  },
  {
    id: 'manifest-cut-short',
    breaks: 'http.whole-responses',
    conduct: onAnswer('status.complete', (r) => ({ ...r, cutAfter: 20 })),
  },
  // Any export but the plain one, which completes.
  {
    id: 'job-without-end',
    breaks: 'export.status.job-ends',
    conduct: onAnswer(['status.progress', 'status.complete'], (r, { job }) =>
      job?.kickoff.parameters.some(([name]) => name === '_since')
        ? withHeader(withoutBody(withStatus(r, 202)), 'Retry-After', '300')
        : r,
    ),
  },
  {
    id: 'plain-job-fails-without-outcome',
    breaks: 'export.status.export-failed-oo',
    conduct: onAnswer('status.complete', (r) => withoutBody(withStatus(r, 500))),
  },
  // A polling location that does not answer GET returns neither 202 nor 200.
  {
    id: 'status-not-by-get',
    breaks: 'export.status.get',
    conduct: onAnswer(['status.progress', 'status.complete'], () =>
      refusal(405, { code: 'not-supported', diagnostics: 'GET is not served here.' }, [['Allow', 'DELETE']]),
    ),
  },
  {
    id: 'status-json-not-acceptable',
    breaks: 'export.status.accept-json',
    conduct: onAnswer(['status.progress', 'status.complete'], (r, { request }) =>
      headerOf(request, 'accept') === 'application/json' ? withStatus(r, 406) : r,
    ),
  },
]
