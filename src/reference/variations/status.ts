import { onAnswer } from '../faults/definition.ts'
import { fhirResponse, withHeader, withoutHeader, withStatus } from '../http-message.ts'
import { operationOutcome } from '../operation-outcome.ts'
import { because, htmlPage, type Variation } from './definition.ts'
import { interruptedPolling, slowJobs } from './gateways.ts'

/** Variations of status requests. */
export const statusVariations: readonly Variation[] = [
  {
    id: 'progress-in-words',
    states:
      'X-Progress is a text of fewer than 100 characters, and 202 responses have an OperationOutcome as their body.',
    conduct: onAnswer('status.progress', (response) =>
      withHeader(
        {
          ...fhirResponse(
            202,
            operationOutcome({ severity: 'information', code: 'informational', diagnostics: 'Queued.' }),
          ),
          headers: response.headers,
        },
        'X-Progress',
        'Build in progress - Status set to “IN_PROGRESS” at 2026-03-02T09:00:00Z, 3 of 1e9',
      ),
    ),
  },
  {
    id: 'long-retry-after',
    about: 'time',
    states: 'Retry-After is ten minutes. Any number of seconds is valid (RFC 9110 section 10.2.3).',
    configuration: { expiresIn: 30 * 86_400 },
    conduct: onAnswer('status.progress', (response) => withHeader(response, 'Retry-After', '600')),
  },
  {
    id: 'slow-jobs',
    about: 'time',
    states:
      'Jobs with _since take 28 minutes, and others take a moment. The guide does not limit the duration of a job.',
    configuration: { expiresIn: 30 * 86_400 },
    gateway: () => slowJobs((url) => url.includes('_since'), 28),
  },
  {
    id: 'retry-after-now-or-before',
    about: 'time',
    states: 'Retry-After is 0, then an HTTP-date in the past. Both allow the next request at once.',
    conduct: onAnswer('status.progress', (response, { job }) =>
      withHeader(response, 'Retry-After', job?.polls === 1 ? '0' : 'Mon, 02 Mar 2026 08:00:00 GMT'),
    ),
  },
  {
    id: 'expired-before-the-end-of-the-run',
    about: 'time',
    states: 'Jobs and files expire, as the Expires header says, before bulkcheck has sent all its requests.',
    configuration: { expiresIn: 60 },
    conduct: onAnswer('status.progress', (response) => withHeader(response, 'Retry-After', '20')),
    undecided: because(
      'What has expired cannot be requested with another token or header.',
      'access/*',
      'locations/*',
      'afterwards/*',
      'deletion/*',
      'files/*',
      'status/*',
    ),
  },
  {
    id: 'complete-jobs-forgotten-soon',
    about: 'time',
    states:
      'A complete job is gone after some minutes, and the manifest response has no Expires header, which it SHOULD have.',
    conduct: onAnswer('status.complete', (response, { job, now }) =>
      now - (job?.completedAt ?? now) > 100_000
        ? fhirResponse(
            404,
            operationOutcome({ severity: 'error', code: 'not-found', diagnostics: 'There is no such job.' }),
          )
        : withoutHeader(response, 'Expires'),
    ),
    lacks: { 'export.status.expires.should': '`Expires` is a SHOULD.' },
  },
  {
    id: 'retry-after-date',
    about: 'time',
    states:
      'Retry-After is an HTTP-date in the future, and the server answers 429 to earlier status requests.',
    configuration: { retryAfter: 'date', retryAfterSeconds: 120, throttleAfter: 1, expiresIn: 86_400 },
  },
  {
    id: 'throttled-by-gateway',
    about: 'load',
    states:
      'A gateway answers the first status request for every job with 429 and an HTML page. This is an answer to the request only, not the status of the job.',
    gateway: () => interruptedPolling(1, htmlPage(429, [['Retry-After', '1']])),
  },
  {
    id: 'gateway-unavailable',
    about: 'load',
    states:
      'A gateway answers the first status request for every job with 503, Retry-After and an HTML page.',
    gateway: () => interruptedPolling(1, htmlPage(503, [['Retry-After', '1']])),
  },
  {
    id: 'gateway-unavailable-later',
    about: 'load',
    states:
      'A gateway answers the second status request for every job with 503, Retry-After and an HTML page.',
    gateway: () => interruptedPolling(2, htmlPage(503, [['Retry-After', '1']])),
  },
  {
    id: 'unknown-jobs-410',
    about: 'refusals',
    states:
      'The server answers 410 for unknown and expired jobs and files, and 422 for failed jobs. The guide says only that errors are 4XX or 5XX.',
    configuration: { failing: '_fail' },
    conduct: {
      answer: (kind, response, { deleted }) => {
        if (kind === 'status.failed') return withStatus(response, 422)
        const unknown = kind === 'status.unknown' || kind === 'file.refused' || kind === 'deletion.refused'
        return unknown && !deleted ? withStatus(response, 410) : response
      },
    },
  },
  {
    id: 'unknown-jobs-in-text',
    about: 'refusals',
    states:
      'Infrastructure answers requests for unknown jobs and files with an HTML page. In 2.0.0 the body SHOULD be an OperationOutcome.',
    conduct: onAnswer(['status.unknown', 'file.refused'], (response, { deleted }) =>
      deleted ? response : htmlPage(response.status),
    ),
    lacks: { 'export.status.error.body-oo.should': 'An OperationOutcome is a SHOULD in 2.0.0.' },
    undecided: because('bulkcheck does not keep the text of pages.', 'refusals/unknown-*-leak'),
  },
  {
    id: 'fhir-json-errors-in-1.0.1',
    states:
      "In 1.0.1 error responses to status requests have the FHIR media type, as in the guide's examples, instead of application/json.",
    release: '1.0.1',
    conduct: onAnswer('status.unknown', (response) =>
      withHeader(response, 'Content-Type', 'application/fhir+json'),
    ),
  },
  {
    id: 'one-status-request-fails',
    about: 'load',
    states:
      'One status request of each job fails with 500 and an OperationOutcome with the code transient. The code says that only the request failed.',
    gateway: () =>
      interruptedPolling(
        2,
        fhirResponse(500, {
          resourceType: 'OperationOutcome',
          issue: [{ severity: 'error', code: 'transient', diagnostics: 'The database did not respond.' }],
        }),
      ),
  },
]
