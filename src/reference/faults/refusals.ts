import type { KickoffProblemKind } from '../export/job.ts'
import { type Response, withBody, withHeader, withJson, withStatus } from '../http-message.ts'
import { operationOutcome, refusal } from '../operation-outcome.ts'
import { type Fault, joinedParameters, onAnswer } from './definition.ts'

const refusedFor = (kind: KickoffProblemKind, change: (response: Response) => Response) =>
  onAnswer('kickoff.refused', (r, { problems }) => (problems?.some((it) => it.kind === kind) ? change(r) : r))

const withIssue = (r: Response, issue: Readonly<Record<string, string>>) =>
  withJson(r, () => ({ resourceType: 'OperationOutcome', issue: [issue] }))

const withTrace = (r: Response) =>
  withJson(r, () =>
    operationOutcome({
      severity: 'error',
      code: 'processing',
      diagnostics: 'Error: not found\n    at findJob (/srv/provider/src/jobs.js:41:17)',
    }),
  )

const unknown = ['status.unknown', 'deletion.refused', 'file.refused'] as const

/** A request for a job that never existed; deleted jobs have faults of their own. */
const onUnknown = (kinds: readonly (typeof unknown)[number][], change: (response: Response) => Response) =>
  onAnswer(kinds, (r, { deleted }) => (deleted ? r : change(r)))

/** The server fails for a kick-off request with this parameter. */
const crashed = () => refusal(500, { code: 'processing', diagnostics: 'The parameter could not be handled.' })

const failingFor = (name: string, value: RegExp) =>
  onAnswer('kickoff.accepted', (r, { kickoff }) =>
    kickoff?.parameters.some((it) => it[0] === name && value.test(it[1])) ? crashed() : r,
  )

/** Faults of error responses to rare requests. */
export const refusalFaults: readonly Fault[] = [
  {
    id: 'unknown-type-refused-in-plain-text',
    breaks: 'export.kickoff.error-body-oo',
    conduct: refusedFor('type-unknown', (r) => withBody(r, 'Bad request', 'text/plain')),
  },
  {
    id: 'unknown-format-refused-as-html',
    breaks: 'export.errors.oo.content-type',
    conduct: refusedFor('format', (r) => withHeader(r, 'Content-Type', 'text/html')),
  },
  {
    id: 'invalid-since-refused-with-invalid-outcome',
    breaks: 'export.errors.oo.valid',
    conduct: refusedFor('since', (r) => withIssue(r, { severity: 'error', diagnostics: '_since' })),
  },
  {
    id: 'unknown-parameter-refused-without-a-word',
    release: '2.0.0',
    breaks: 'export.errors.oo.details',
    conduct: refusedFor('unknown-parameter', (r) => withIssue(r, { severity: 'error', code: 'invalid' })),
  },
  {
    id: 'unknown-filter-answered-500',
    release: '2.0.0',
    breaks: 'export.errors.no-5xx-for-client',
    conduct: refusedFor('type-filter', (r) => withStatus(r, 500)),
  },
  {
    id: 'stack-trace-for-unknown-type',
    breaks: 'export.errors.no-leak',
    conduct: refusedFor('type-unknown', withTrace),
  },
  // A server error is an error response like any other.
  {
    id: 'far-since-crashes',
    breaks: 'export.params.since.supported',
    also: ['export.errors.no-5xx-for-client'],
    conduct: failingFor('_since', /^9999/),
  },
  {
    id: 'repeated-type-crashes',
    breaks: 'export.params.type.optional',
    also: ['export.errors.no-5xx-for-client'],
    conduct: onAnswer('kickoff.accepted', (r, { kickoff }) =>
      kickoff && /(?:^|&)_type=(\w+),\1(?:&|$)/.test(joinedParameters(kickoff)) ? crashed() : r,
    ),
  },
  {
    id: 'server-error-in-plain-text',
    release: '2.0.0',
    breaks: 'export.kickoff.error-body-oo',
    also: ['export.params.since.supported', 'export.errors.no-5xx-for-client'],
    conduct: onAnswer('kickoff.accepted', (r, { kickoff }) =>
      kickoff?.parameters.some(([name, value]) => name === '_since' && /^9999/.test(value))
        ? withBody(withStatus(r, 500), 'Internal server error', 'text/plain')
        : r,
    ),
  },
  {
    id: 'deleted-job-as-plain-json',
    breaks: 'export.status.error.content-type.fhir-json',
    conduct: onAnswer('status.unknown', (r, { deleted }) =>
      deleted ? withHeader(r, 'Content-Type', 'application/json') : r,
    ),
  },
  {
    id: 'deleted-job-with-invalid-outcome',
    breaks: 'export.errors.oo.valid',
    conduct: onAnswer('status.unknown', (r, { deleted }) =>
      deleted ? withIssue(r, { code: 'deleted' }) : r,
    ),
  },
  {
    id: 'failure-as-plain-json',
    breaks: 'export.status.error.content-type.fhir-json',
    configuration: { failing: '_fail' },
    conduct: onAnswer('status.failed', (r) => withHeader(r, 'Content-Type', 'application/json')),
  },
  {
    id: 'failure-with-invalid-outcome',
    breaks: 'export.errors.oo.valid',
    configuration: { failing: '_fail' },
    conduct: onAnswer('status.failed', (r) => withIssue(r, { severity: 'failed', code: 'processing' })),
  },
  {
    id: 'unknown-answered-500',
    breaks: 'export.errors.no-5xx-for-client',
    conduct: onUnknown(unknown, (r) => withStatus(r, 500)),
  },
  {
    id: 'unknown-with-invalid-outcome',
    breaks: 'export.errors.oo.valid',
    conduct: onUnknown(unknown, (r) => withIssue(r, { severity: 'error', code: 'missing' })),
  },
  {
    id: 'unknown-with-stack-trace',
    breaks: 'export.errors.no-leak',
    conduct: onUnknown(unknown, withTrace),
  },
  {
    id: 'unknown-deletion-as-text-html',
    breaks: 'export.errors.oo.content-type',
    conduct: onUnknown(['deletion.refused'], (r) => withHeader(r, 'Content-Type', 'text/html')),
  },
  {
    id: 'second-deletion-refused-in-plain-text',
    breaks: 'export.delete.error.body-oo',
    conduct: onAnswer('deletion.refused', (r, { deleted }) =>
      deleted ? withBody(r, 'Not found', 'text/plain') : r,
    ),
  },
]
