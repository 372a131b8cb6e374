import { type AnswerKind, type Conduct, honestConduct, type ResponseContext } from '../conduct/conduct.ts'
import { type JsonRecord, type Response, withHeader, withJson, withoutBody } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'
import type { Dialect } from './definition.ts'

/** A time as Go prints it by default, which is no HTTP-date. */
function goTime(time: number): string {
  return `${new Date(time)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '')} +0000 UTC`
}

const exportsOf = (name: string) => [
  { name, definition: `http://hl7.org/fhir/uv/bulkdata/OperationDefinition/${name}` },
]

const nothingHere = refusal(404, { code: 'not-found', diagnostics: 'There is nothing at this URL.' })

const changes: Partial<Record<AnswerKind, (response: Response, about: ResponseContext) => Response>> = {
  metadata: (response) =>
    withJson(withHeader(response, 'Content-Type', 'application/json'), (statement) => ({
      ...statement,
      software: { name: 'Beneficiary Claims Data API', version: '2' },
      rest: (statement.rest as readonly JsonRecord[]).map(({ resource, ...rest }) => ({
        ...rest,
        resource: (resource as readonly JsonRecord[]).flatMap(({ type }) =>
          type === 'Patient' || type === 'Group'
            ? [{ type, operation: exportsOf(type === 'Patient' ? 'patient-export' : 'group-export') }]
            : [],
        ),
      })),
    })),
  'rest.read': () => nothingHere,
  'rest.search': () => nothingHere,
  'kickoff.accepted': withoutBody,
  'kickoff.refused': (response, { problems }) =>
    problems?.some(({ kind }) => kind === 'group')
      ? refusal(400, { code: 'invalid', diagnostics: 'Invalid group ID' })
      : response,
  'status.progress': (response) => withHeader(response, 'X-Progress', 'In Progress (0%)'),
  'status.complete': (response, { job, configuration, now }) =>
    withJson(
      withHeader(response, 'Expires', goTime((job?.completedAt ?? now) + configuration.expiresIn * 1000)),
      (manifest) => ({ ...manifest, JobID: Number(job?.id) }),
    ),
  'deletion.accepted': (response, { job }) =>
    job?.completedAt === undefined
      ? withoutBody(response)
      : refusal(410, { code: 'deleted', diagnostics: 'Job is not cancellable.' }),
  'deletion.refused': (response, { deleted }) =>
    deleted ? refusal(410, { code: 'deleted', diagnostics: 'Job is not cancellable.' }) : response,
}

/** The types that it has; the self-test has no ExplanationOfBenefit. */
const exported = ['Patient', 'Coverage', 'ExplanationOfBenefit']

const conduct: Partial<Conduct> = {
  // The real ones count up.
  jobId: (fresh) => String(Number.parseInt(fresh.slice(0, 8), 16)),
  parsesType: (text, supported) => (supported.has(text) && exported.includes(text) ? text : undefined),
  levelIncludes: (_level, type) => exported.includes(type),
  remainingJobs: (all, deleted) =>
    deleted.completedAt === undefined ? honestConduct.remainingJobs(all, deleted) : all,
  // Another client than one with a secret has no token.
  acceptsAssertionType: () => false,
  answer: (kind, response, about) => changes[kind]?.(response, about) ?? response,
}

/** The Beneficiary Claims Data API of CMS, version 2, as its source has it. */
export const bcda: Dialect = {
  id: 'bcda',
  system: 'BCDA version 2',
  release: '2.0.0',
  configuration: {
    urls: {
      base: '/api/v2',
      token: '{root}/auth/token',
      status: '{base}/jobs/{job}',
      manifest: '{base}/jobs/{job}/{page}',
      file: '{root}/data/{job}/{name}',
    },
    ...{ levels: ['patient', 'group'], groupAlias: 'all', post: false, parameters: ['_type', '_since'] },
    ...{ retryAfter: 'none', count: false, deletions: false, expiresIn: 86_400, tokenLifetime: 1200 },
    preferRequired: true,
  },
  conduct,
}
