import { createHash } from 'node:crypto'
import type { ProviderConfiguration } from '../conduct/configurations.ts'
import type { AnswerKind, Conduct, ResponseContext } from '../conduct/conduct.ts'
import { honestConduct } from '../conduct/conduct.ts'
import type { KickoffProblemKind, ProviderJob } from '../export/job.ts'
import {
  type JsonRecord,
  type Response,
  withHeader,
  withJson,
  withoutBody,
  withoutHeader,
  withStatus,
} from '../http-message.ts'
import { operationOutcome } from '../operation-outcome.ts'
import { isCompartmentType } from '../population/compartment.ts'
import { parseResourceQuery } from '../search/query.ts'
import type { Dialect } from './definition.ts'

/** Types that a group-level export contains besides those of the compartment. */
const besidePatients = ['Practitioner', 'Organization']

/** Types of the compartment that patient-level exports leave out. */
const leftOut = ['Group', 'List']

const raised: ReadonlySet<KickoffProblemKind> = new Set([
  ...(['prefer', 'format', 'group', 'since', 'body', 'content-type', 'value'] as const),
  ...([
    'type-unknown',
    'type-unsupported',
    'type-outside-level',
    'type-unauthorized',
    'patient-absent',
  ] as const),
])

// Where HAPI ends a query of `_typeFilter`; a type with more than one capital, such as MedicationRequest, does not match.
const queryEnd = /,(?=[A-Z][a-z]+\?)/

/** Whether a job fails because of a query: of an unknown search parameter, or of one that goes on in the value of a date. */
function hasBrokenQuery({ kickoff: { parameters } }: ProviderJob): boolean {
  const queries = parameters.flatMap(([name, value]) => (name === '_typeFilter' ? value.split(queryEnd) : []))
  return queries.some(
    (it) =>
      /date=[^&,]*,[A-Z]\w*\?/.test(it) || (it.includes('?') && 'unsupported' in parseResourceQuery(it)),
  )
}

/** HAPI writes some responses itself, and gives them no media type. */
const untyped = (response: Response) => withoutHeader(response, 'Content-Type')

const gone = (response: Response) => untyped(withStatus(response, 404))

function nothingToDo(response: Response, { job }: ResponseContext): Response {
  const diagnostics = `Job instance <${job?.id}> was already cancelled or has completed.  Nothing to do.`
  return withJson(gone(response), () =>
    operationOutcome({ severity: 'error', code: 'not-found', diagnostics }),
  )
}

/** DELETE cancels a running job only; a complete job stays, and a failed one is reported as its status is. */
function deletionAnswer(response: Response, about: ResponseContext): Response {
  const { job, configuration } = about
  if (job?.completedAt === undefined) return untyped(response)
  if (!hapiConduct.fails?.(job, configuration)) return nothingToDo(response, about)
  return withJson(withStatus(response, 500), () =>
    operationOutcome({ severity: 'error', code: 'processing', diagnostics: 'HAPI-2223' }),
  )
}

const changes: Partial<Record<AnswerKind, (response: Response, about: ResponseContext) => Response>> = {
  metadata: (response, { base }) =>
    withJson(response, (statement) => ({
      ...statement,
      software: { name: 'HAPI FHIR Server', version: '8.8.0' },
      rest: (statement.rest as readonly JsonRecord[]).map(({ resource, ...rest }) => ({
        ...rest,
        resource: (resource as readonly JsonRecord[]).map((it) =>
          it.type === 'Patient'
            ? {
                ...it,
                operation: [
                  { name: 'export', definition: `${base}/OperationDefinition/GroupPatient-its-export` },
                ],
              }
            : it,
        ),
      })),
    })),
  'kickoff.accepted': withoutBody,
  'status.progress': (response, { job }) =>
    withHeader(
      response,
      'X-Progress',
      `Build in progress - Status set to IN_PROGRESS at ${new Date(job?.startedAt ?? 0).toISOString()}`,
    ),
  'status.complete': (response) =>
    withJson(
      withHeader(withoutHeader(response, 'Expires'), 'Content-Type', 'application/json;charset=ISO-8859-1'),
      // Also where no token is needed.
      (manifest) => ({ ...manifest, requiresAccessToken: true }),
    ),
  'status.unknown': (response, { deleted }) => (deleted ? gone(response) : response),
  'deletion.accepted': deletionAnswer,
  'deletion.refused': (response, { deleted }) => (deleted ? gone(response) : response),
}

/** The decisions of HAPI FHIR, which Smile CDR shares. */
export const hapiConduct: Partial<Conduct> = {
  // Only the first line of Prefer is read.
  prefersAsync: ([first = '']) => honestConduct.prefersAsync([first]),
  prefersLenient: () => false,
  splitsValues: ([first = '']) => first.split(','),
  splitsQueries: (occurrences) => occurrences.flatMap((it) => it.split(queryEnd)),
  readsParameter: (parameter, level) => parameter !== 'patient' || level === 'patient',
  raisesProblem: ({ kind }) => raised.has(kind),
  reportsProblem: () => false,
  levelIncludes: (level, type) =>
    level === 'system' ||
    (isCompartmentType(type) && (level === 'group' || !leftOut.includes(type))) ||
    (level === 'group' && besidePatients.includes(type)),
  withinPatients: (what, chosen, kickoff) =>
    (kickoff.level === 'group' && besidePatients.includes(what.type)) ||
    honestConduct.withinPatients(what, chosen, kickoff),
  // Patient-level exports are not narrowed, and the Group of a group-level export is always exported.
  changedSince: (resource, since, { level }) =>
    level === 'patient' ||
    (level === 'group' && resource.resourceType === 'Group') ||
    Date.parse(resource.meta?.lastUpdated ?? '') >= since,
  manifestFiles: (files, { kickoff }) =>
    files.flatMap((file) => {
      const resources =
        kickoff.group && file.type === 'Group'
          ? file.resources.filter(({ id }) => id === kickoff.group?.id)
          : file.resources
      // Of a name nothing is known but that it is random.
      const name = createHash('sha256').update(file.name).digest('hex').slice(0, 16)
      return resources.length > 0 ? [{ ...file, name, resources }] : []
    }),
  fails: (job, configuration) => hasBrokenQuery(job) || honestConduct.fails(job, configuration),
  remainingJobs: (jobs, deleted) =>
    deleted.completedAt === undefined ? honestConduct.remainingJobs(jobs, deleted) : jobs,
  answer: (kind, response, about) => changes[kind]?.(response, about) ?? response,
}

/** The settings of HAPI FHIR, which Smile CDR shares. */
export const hapiConfiguration: Partial<ProviderConfiguration> = {
  urls: {
    base: '/fhir',
    token: '{root}/oauth/token',
    status: '{base}/$export-poll-status?_jobId={job}',
    manifest: '{base}/$export-poll-status/{job}/{page}',
    file: '{base}/Binary/{job}.{name}',
  },
  ...{ parameters: ['_type', '_since', '_typeFilter', 'patient'], preferRequired: true },
  ...{ retryAfterSeconds: 120, linesPerFile: 1000, count: false, deletions: false, expiresIn: 7200 },
  notExported: ['Binary'],
}

/** The HAPI FHIR JPA server, as it was seen running. */
export const hapi: Dialect = {
  id: 'hapi',
  system: 'HAPI FHIR JPA server 8.8.0',
  release: '2.0.0',
  authorization: false,
  configuration: hapiConfiguration,
  conduct: hapiConduct,
}
