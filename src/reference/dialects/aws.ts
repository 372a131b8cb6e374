import { type AnswerKind, type Conduct, honestConduct, type ResponseContext } from '../conduct/conduct.ts'
import type { KickoffProblemKind } from '../export/job.ts'
import {
  type Response,
  withBody,
  withHeader,
  withJson,
  withoutBody,
  withoutHeader,
  withStatus,
} from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'
import { r4Types } from '../population/resource-types.ts'
import type { Dialect } from './definition.ts'

const raised: ReadonlySet<KickoffProblemKind> = new Set([
  ...(['prefer', 'format', 'since', 'repeated', 'group', 'type-unauthorized'] as const),
])

/** `request` of the manifest: made anew from the parameters that the server keeps. */
function shownRequest({ kickoff, base }: ResponseContext): string {
  const url = new URL(kickoff?.group ? `${base}/Group/${kickoff.group.id}/$export` : `${base}/$export`)
  const sent = new Map(kickoff?.parameters)
  const since = kickoff?.since === undefined ? undefined : new Date(kickoff.since).toISOString()
  for (const [name, value] of [
    ['_outputFormat', sent.get('_outputFormat')],
    ['_since', since],
    ['_type', sent.get('_type')],
  ] as const)
    if (value !== undefined) url.searchParams.append(name, value)
  return url.toString()
}

const changes: Partial<Record<AnswerKind, (response: Response, about: ResponseContext) => Response>> = {
  'rest.refused': (response, { request, base }) =>
    request.url.startsWith(`${base}/Patient/$export`)
      ? refusal(400, {
          code: 'not-supported',
          diagnostics: 'We currently do not support Patient export',
        })
      : response,
  'kickoff.accepted': withoutBody,
  'status.progress': (response) => withHeader(response, 'X-Progress', 'in-progress'),
  'status.complete': (response, about) =>
    withJson(
      withHeader(withoutHeader(response, 'Expires'), 'Content-Type', 'application/json; charset=utf-8'),
      (manifest) => ({ ...manifest, request: shownRequest(about) }),
    ),
  'status.unknown': (response, { deleted }) =>
    deleted
      ? withBody(withStatus(response, 200), 'Export job has been canceled', 'text/html; charset=utf-8')
      : response,
  'deletion.accepted': (response, { job }) =>
    job?.completedAt === undefined
      ? withoutBody(response)
      : refusal(400, {
          code: 'processing',
          diagnostics: 'Job cannot be canceled because job is already in completed state',
        }),
}

const conduct: Partial<Conduct> = {
  prefersAsync: (lines) => lines.length === 0 || lines.join(', ') === 'respond-async',
  prefersLenient: () => false,
  acceptsFormat: (name) => name === 'ndjson',
  // A parameter that is given twice is a list, and is not read.
  splitsValues: (occurrences) =>
    occurrences.length > 1
      ? [...r4Types()]
      : honestConduct.splitsValues(occurrences, {
          ...{ parameter: '_type', method: 'GET', commas: true },
        }),
  raisesProblem: ({ kind }) => raised.has(kind),
  reportsProblem: () => false,
  remainingJobs: (jobs, deleted) =>
    deleted.completedAt === undefined ? honestConduct.remainingJobs(jobs, deleted) : jobs,
  answer: (kind, response, about) => changes[kind]?.(response, about) ?? response,
}

/** FHIR Works on AWS, as its routing package has it; authorization and storage are those of AWS, and keep to the specification here. */
export const aws: Dialect = {
  id: 'aws',
  system: 'FHIR Works on AWS',
  release: '2.0.0',
  configuration: {
    urls: {
      base: '/dev',
      token: '{root}/oauth2/token',
      status: '{base}/$export/{job}',
      manifest: '{base}/$export/{job}/{page}',
      file: '{root}/export-results/{job}/{name}',
    },
    ...{ levels: ['system', 'group'], post: false, parameters: ['_type', '_since'] },
    ...{ preferRequired: true, retryAfter: 'none', count: false, deletions: false },
    ...{ requiresAccessToken: false, fileQuery: true },
  },
  conduct,
}
