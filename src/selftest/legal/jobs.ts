import { honestKickoff } from '../../reference/conduct-kickoff.ts'
import { optionalParameters } from '../../reference/configurations.ts'
import { on } from '../../reference/fault.ts'
import {
  fhir,
  mapHeader,
  withBody,
  withHeader,
  withJson,
  withoutBody,
  withoutHeader,
  withStatus,
} from '../../reference/message.ts'
import { outcome } from '../../reference/outcome.ts'
import { baseUrl } from '../matrix.ts'
import {
  atDefaultPort,
  interruptedPolling,
  pollingAt,
  reusedJobs,
  slowCancellation,
  withoutPost,
} from './gateways.ts'
import { type LegalVariation, page } from './variation.ts'

/** Variations of kick-off, status and delete requests. */
export const jobVariations: readonly LegalVariation[] = [
  {
    id: 'terse',
    states:
      'Accepted requests have no body and progress has no headers, the manifest comes without Expires, and items without count: all of these SHOULD or MAY be there.',
    configuration: { retryAfter: 'none', progress: false, count: false },
    conduct: {
      answer: (kind, response) => {
        if (kind === 'kickoff.accepted' || kind === 'deletion.accepted') return withoutBody(response)
        return kind === 'status.complete' ? withoutHeader(response, 'Expires') : response
      },
    },
    noted: [
      'export.status.retry-after',
      'export.status.x-progress',
      'export.status.expires.should',
      'export.manifest.output.count.optional',
    ],
  },
  {
    id: 'kick-off-with-text',
    states:
      'Accepted requests have a body of text, in place of the OperationOutcome that they SHOULD or MAY have.',
    conduct: on(['kickoff.accepted', 'deletion.accepted'], (response) =>
      withBody(response, 'Accepted', 'text/plain'),
    ),
    noted: ['export.kickoff.body-oo', 'export.delete.body-oo'],
  },
  {
    id: 'polling-location-with-query',
    states:
      'The polling location is below the base and names its job in a query: its form is up to the server.',
    gateway: () =>
      pollingAt(
        (id) => `${baseUrl}/$export-poll-status?_jobId=${id}&_v=1`,
        (url) =>
          url.pathname.endsWith('/$export-poll-status') ? (url.searchParams.get('_jobId') ?? '') : undefined,
      ),
  },
  {
    id: 'polling-location-of-2-kb-at-another-origin',
    states:
      'The polling location is an encrypted token of two kilobytes, with escapes in it, at another origin, to which the operator lets the access token be sent.',
    target: { tokenOrigins: ['http://127.0.0.1:4001'] },
    gateway: () =>
      pollingAt(
        (id) => `http://127.0.0.1:4001/jobs/${'q%2F%3D~'.repeat(250)}/${id}`,
        (url) => (url.port === '4001' ? url.pathname.split('/').at(-1) : undefined),
      ),
  },
  {
    id: 'explicit-default-port',
    states: 'URLs of the server name the default port, which makes them no others (RFC 3986 section 6.2.3).',
    target: { fhirUrl: 'http://127.0.0.1/fhir' },
    gateway: () => atDefaultPort,
    conduct: {
      audienceFits: (audience, tokenUrl) => [audience].flat().includes(tokenUrl.replace(':4000', ':80')),
    },
  },
  {
    id: 'further-headers',
    states:
      'Header names are in small letters and a scheme in capitals, which mean the same (RFC 9110, RFC 3986); responses set cookies and carry headers of infrastructure, of which no text speaks.',
    conduct: {
      answer: (_kind, response) => {
        const told = mapHeader(response, 'Content-Location', (url) => url.replace('http:', 'HTTP:'))
        return {
          ...told,
          headers: [
            ...told.headers.map(([name, value]) => [name.toLowerCase(), value] as const),
            ['set-cookie', 'balancer=1; Path=/'],
            ['set-cookie', 'other=2; Path=/'],
            ['strict-transport-security', 'max-age=31536000'],
            ['x-request-id', 'Größe'],
          ],
        }
      },
    },
  },
  {
    id: 'same-job-for-equal-requests',
    states:
      'Equal kick-off requests get the same job, Cache-Control or not: a Content-Location of its own is for each job.',
    configuration: { levels: ['patient'] },
    gateway: reusedJobs,
  },
  ...([404, 501] as const).map(
    (status): LegalVariation => ({
      id: `post-answered-${status}`,
      states: `POST MAY be supported; here it is answered ${status}.`,
      configuration: { post: false, parameters: optionalParameters.filter((it) => it !== 'patient') },
      gateway: () => withoutPost(status),
    }),
  ),
  {
    id: 'unknown-parameters-ignored',
    states: 'A parameter that no text knows is ignored, as FHIR lets servers do under either handling.',
    conduct: { minds: ({ kind }) => kind !== 'unknown-parameter' },
    noted: ['export.params.strict.unknown'],
  },
  {
    id: 'optional-parameters-ignored',
    states: 'Parameters that are not supported are ignored without a word; a server SHOULD refuse them.',
    configuration: { parameters: ['_since', '_type'] },
    conduct: { minds: ({ kind }) => kind !== 'unsupported-parameter' },
    noted: [
      'export.params.elements.unsupported',
      'export.params.patient.unsupported',
      'export.params.iad.unsupported',
    ],
  },
  {
    id: 'lenient-handling-refused',
    states: 'handling=lenient is not heeded: a server MAY still refuse.',
    conduct: { prefersLenient: () => false },
  },
  {
    id: 'refusals-422',
    states:
      'Kick-off requests without Prefer or Accept are refused; what is refused is answered 422, with an outcome that says why in details alone.',
    configuration: { preferRequired: true, acceptRequired: true },
    conduct: on('kickoff.refused', (response) =>
      response.status === 400
        ? withHeader(
            withStatus(
              withJson(response, () => ({
                resourceType: 'OperationOutcome',
                text: { status: 'empty', div: '<div xmlns="http://www.w3.org/1999/xhtml">none</div>' },
                issue: [{ severity: 'fatal', code: 'invalid', details: { text: 'This is not understood.' } }],
              })),
              422,
            ),
            'Content-Type',
            'application/fhir+json; fhirVersion=4.0',
          )
        : response,
    ),
  },
  {
    id: 'progress-in-words',
    states: 'X-Progress is any text under 100 characters, and the body of a 202 an OperationOutcome.',
    conduct: on('status.progress', (response) =>
      withHeader(
        {
          ...fhir(202, outcome({ severity: 'information', code: 'informational', diagnostics: 'Queued.' })),
          headers: response.headers,
        },
        'X-Progress',
        'Build in progress - Status set to “IN_PROGRESS” at 2026-03-02T09:00:00Z, 3 of 1e9',
      ),
    ),
  },
  {
    id: 'long-retry-after',
    states: 'Retry-After is ten minutes: any number of seconds is right (RFC 9110 section 10.2.3).',
    configuration: { expiresIn: 30 * 86_400 },
    conduct: on('status.progress', (response) => withHeader(response, 'Retry-After', '600')),
  },
  {
    id: 'retry-after-now-or-before',
    states: 'Retry-After is 0, then an HTTP-date that has passed: both say that nobody need wait.',
    conduct: on('status.progress', (response, { job }) =>
      withHeader(response, 'Retry-After', job?.polls === 1 ? '0' : 'Mon, 02 Mar 2026 08:00:00 GMT'),
    ),
  },
  {
    id: 'expired-before-the-end-of-the-run',
    states:
      'Jobs and files are gone, as Expires said, before the harness has asked for all that it wants to.',
    configuration: { expiresIn: 60 },
    conduct: on('status.progress', (response) => withHeader(response, 'Retry-After', '20')),
    // What is not there any more cannot be asked for with another token or header.
    untoldBecause: 'had expired by then',
  },
  {
    id: 'retry-after-date',
    states:
      'Retry-After is an HTTP-date in the future, and status requests that come before it are answered 429.',
    configuration: { retryAfter: 'date', retryAfterSeconds: 120, throttleAfter: 1, expiresIn: 86_400 },
  },
  {
    id: 'throttled-by-gateway',
    states:
      'A gateway answers the first status request of every job 429 with a page: that is about the request alone.',
    gateway: () => interruptedPolling(1, page(429, [['Retry-After', '1']])),
  },
  {
    id: 'gateway-unavailable',
    states: 'A gateway answers the first status request of every job 503 with Retry-After and a page.',
    gateway: () => interruptedPolling(1, page(503, [['Retry-After', '1']])),
  },
  {
    id: 'gateway-unavailable-later',
    states: 'A gateway answers the second status request of every job 503 with Retry-After and a page.',
    gateway: () => interruptedPolling(2, page(503, [['Retry-After', '1']])),
  },
  {
    id: 'unknown-jobs-410',
    states:
      'Jobs and files that are not known, or expired, are answered 410 and failed jobs 422: of errors it is said that they are 4XX or 5XX.',
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
    states:
      'Infrastructure answers for unknown jobs and files in HTML; in 2.0.0 an OperationOutcome SHOULD be there.',
    conduct: on(['status.unknown', 'file.refused'], (response, { deleted }) =>
      deleted ? response : page(response.status),
    ),
    noted: ['export.status.error.body-oo.should'],
  },
  {
    id: 'fhir-json-errors-in-1.0.1',
    states:
      'In 1.0.1 errors of status requests have the media type of FHIR, as its examples have, in place of plain JSON.',
    release: '1.0.1',
    conduct: on('status.unknown', (response) =>
      withHeader(response, 'Content-Type', 'application/fhir+json'),
    ),
  },
  {
    id: 'slow-cancellation',
    states:
      'A deleted job is reported as running once more: a 202 says that the deletion has been accepted, not done.',
    gateway: slowCancellation,
  },
  {
    id: 'complete-jobs-not-deleted',
    states:
      'A delete request for a complete job is answered 404 with an OperationOutcome, and a second one for a running job 202 again, as DELETE is idempotent.',
    conduct: {
      remaining: (jobs, deleted) =>
        deleted.completedAt === undefined ? honestKickoff.remaining(jobs, deleted) : jobs,
      answer: (kind, response, { job, deleted }) => {
        if (kind === 'deletion.accepted')
          return job?.completedAt === undefined ? response : withStatus(response, 404)
        return kind === 'deletion.refused' && deleted ? { status: 202, headers: [] } : response
      },
    },
    noted: ['export.delete.after-complete'],
  },
]
