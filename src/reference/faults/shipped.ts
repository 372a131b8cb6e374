import { honestConduct, type ResponseContext } from '../conduct/conduct.ts'
import {
  fhirResponse,
  jsonResponse,
  mapHeader,
  type Response,
  withBody,
  withHeader,
  withJson,
  withoutBody,
  withStatus,
} from '../http-message.ts'
import { operationOutcome, refusal } from '../operation-outcome.ts'
import { type Fault, onAnswer } from './definition.ts'
import { changeManifest } from './manifest/changes.ts'

const crashed = refusal(500, { code: 'processing', diagnostics: 'An unexpected error occurred.' })

/** Changes the response to one status request of each job, by its number. */
const nthPoll = (n: number, change: (response: Response, about: ResponseContext) => Response) =>
  onAnswer('status.progress', (r, about) => (about.job?.polls === n ? change(r, about) : r))

const has = ({ kickoff }: ResponseContext, name: string) =>
  kickoff?.parameters.some(([it]) => it === name) === true

/** Faults that servers have shipped, where no other file has one that is alike. */
export const shippedFaults: readonly Fault[] = [
  {
    id: 'client-failure-is-invalid-request',
    breaks: 'auth.token.error.invalid-client',
    conduct: onAnswer('token.refused', (r) =>
      withJson(r, (body) => (body.error === 'invalid_client' ? { ...body, error: 'invalid_request' } : body)),
    ),
  },
  {
    id: 'token-response-without-lifetime',
    breaks: 'auth.token.response.expires-in',
    conduct: onAnswer('token.granted', (r) => withJson(r, ({ expires_in: _, ...body }) => body)),
  },
  {
    id: 'key-of-any-client-accepted',
    breaks: 'auth.token.jwt.signature',
    // The key that kid names is looked for among those of all clients.
    conduct: {
      clientOf: (claims, clients) => {
        const client = honestConduct.clientOf(claims, clients)
        const keys = [...clients.own.registered.keys, ...clients.other.registered.keys]
        return client && { ...client, registered: { keys } }
      },
    },
  },
  {
    id: 'files-refused-to-v2-scopes',
    breaks: 'export.files.token.required-accepted',
    // Nobody can read the files.
    also: ['export.manifest.output.accessible'],
    conduct: {
      scopesCover: (scopes, need, endpoint) =>
        endpoint !== 'file' && honestConduct.scopesCover(scopes, need, endpoint),
    },
  },
  {
    id: 'polling-location-doubles-the-base',
    breaks: 'export.status.get',
    conduct: onAnswer('kickoff.accepted', (r) =>
      mapHeader(r, 'Content-Location', (url) => url.replace('/bulk/', '/fhir/bulk/')),
    ),
  },
  {
    id: 'kickoff-without-type-crashes',
    breaks: 'export.kickoff.async-pattern',
    conduct: onAnswer('kickoff.accepted', (r, about) => (has(about, '_type') ? r : crashed)),
  },
  {
    id: 'type-filter-jobs-never-end',
    breaks: 'export.status.job-ends',
    conduct: onAnswer(['status.progress', 'status.complete'], (r, about) =>
      has(about, '_typeFilter') ? withHeader(withoutBody(withStatus(r, 202)), 'Retry-After', '300') : r,
    ),
  },
  {
    id: 'several-types-match-nothing',
    breaks: 'export.params.type.complete',
    // Their queries are for two types.
    also: ['export.typefilter.or.comma', 'export.typefilter.encoded'],
    conduct: {
      exportsType: (type, kickoff) =>
        (kickoff.types?.length ?? 0) < 2 && honestConduct.exportsType(type, kickoff),
    },
  },
  {
    id: 'first-poll-crashes',
    breaks: 'export.status.error.transient',
    conduct: nthPoll(1, () => crashed),
  },
  {
    id: 'job-not-known-at-first',
    breaks: 'export.status.get',
    // The job goes on all the same.
    also: ['export.status.error.transient'],
    conduct: nthPoll(1, () => refusal(404, { code: 'not-found', diagnostics: 'There is no such job.' })),
  },
  {
    id: 'running-job-lost-for-a-moment',
    breaks: 'export.status.error.transient',
    conduct: nthPoll(2, () => refusal(404, { code: 'not-found', diagnostics: 'There is no such job.' })),
  },
  {
    id: 'files-listed-later',
    breaks: 'export.status.complete-repeatable',
    // The file that is missing at first may be the only one of its type.
    also: ['export.params.type.compartment'],
    conduct: onAnswer('status.complete', (r, { job }) =>
      job?.pollsAfterCompletion === 1 && job.kickoff.parameters.length === 0
        ? withJson(r, (body) => ({ ...body, output: (body.output as unknown[]).slice(0, -1) }))
        : r,
    ),
  },
  {
    id: 'manifest-in-a-binary',
    breaks: 'export.manifest.output.present',
    // The Binary has no member of a manifest.
    also: [
      'export.manifest.transaction-time.present',
      'export.manifest.request.present',
      'export.manifest.requires-access-token.present',
      'export.manifest.error.present',
      'export.params.lenient.reported',
    ],
    conduct: onAnswer('status.complete', (r) =>
      withJson(r, (body) => ({
        resourceType: 'Binary',
        contentType: 'application/json',
        data: Buffer.from(JSON.stringify(body)).toString('base64'),
      })),
    ),
  },
  {
    id: 'item-type-is-a-file-name',
    breaks: 'export.manifest.output.type.resource',
    // No request names such a type.
    also: ['export.manifest.level.request-consistency'],
    conduct: changeManifest((body) => ({
      ...body,
      output: (body.output as Record<string, unknown>[]).map((it) => ({ ...it, type: `${it.type}.ndjson` })),
    })),
  },
  {
    id: 'only-first-file-of-a-type-listed',
    breaks: 'export.kickoff.group.all-members',
    configuration: { linesPerFile: 2 },
    conduct: {
      manifestFiles: (files) =>
        files.filter(
          (it, at) => files.findIndex(({ kind, type }) => kind === it.kind && type === it.type) === at,
        ),
    },
  },
  {
    id: 'some-files-not-found',
    breaks: 'export.manifest.output.accessible',
    conduct: onAnswer('file.served', (r, { file }) =>
      file?.type === 'Observation'
        ? refusal(404, { code: 'not-found', diagnostics: 'There is no file here.' })
        : r,
    ),
  },
  {
    id: 'large-files-crash',
    breaks: 'export.manifest.output.accessible',
    conduct: onAnswer('file.served', (r, { file }) =>
      (file?.resources.length ?? 0) > 15 ? withBody(withStatus(r, 500), '<html></html>', 'text/html') : r,
    ),
  },
  {
    id: 'files-end-within-a-line',
    breaks: 'export.ndjson.one-per-line',
    // Such a line is not JSON, in error files too.
    also: ['export.files.body.ndjson', 'export.manifest.error.files-oo'],
    conduct: {
      *fileText(lines) {
        const all = [...lines]
        const whole = all.map((it) => `${it}\n`).join('')
        yield whole.slice(0, Math.ceil(whole.length * 0.6))
      },
    },
  },
  {
    id: 'two-resources-on-a-line',
    breaks: 'export.ndjson.one-per-line',
    // Such a line is not JSON.
    also: ['export.files.body.ndjson'],
    conduct: {
      *fileText(lines) {
        let at = 0
        for (const line of lines) {
          at += 1
          yield at % 5 === 2 ? line : `${line}\n`
        }
      },
    },
  },
  {
    id: 'absent-file-answers-500',
    breaks: 'export.errors.no-5xx-for-client',
    conduct: onAnswer('file.refused', (r) => withStatus(r, 500)),
  },
  {
    id: 'one-resource-of-each-type',
    breaks: 'export.kickoff.group.all-members',
    conduct: { orderedResources: (resources) => resources.slice(0, 1) },
  },
  {
    id: 'later-exports-of-a-type-are-empty',
    breaks: 'export.params.type.complete',
    conduct: {
      orderedResources: (resources, { kickoff }) =>
        kickoff.parameters.length === 1 && kickoff.types?.length === 1 ? [] : resources,
    },
  },
  {
    id: 'nothing-is-ever-exported',
    breaks: 'export.kickoff.group.all-members',
    conduct: { orderedResources: () => [] },
  },
  {
    id: 'deleted-job-answers-200',
    breaks: 'export.delete.then-404',
    // 200 says that the export is complete.
    also: ['export.delete.cancels'],
    conduct: onAnswer('status.unknown', (r, { deleted }) => (deleted ? jsonResponse(200, {}) : r)),
  },
  {
    id: 'unknown-group-fails-without-a-word',
    breaks: 'export.errors.oo.details',
    conduct: {
      raisesProblem: ({ kind }) => kind !== 'group',
      ...onAnswer(['status.progress', 'status.complete'], (r, { job }) =>
        job?.kickoff.level === 'group' && !job.kickoff.group
          ? fhirResponse(500, {
              resourceType: 'OperationOutcome',
              issue: [{ severity: 'error', code: 'exception' }],
            })
          : r,
      ),
    },
  },
  {
    id: 'status-request-fails-once',
    breaks: 'export.status.error.transient',
    conduct: nthPoll(2, () =>
      fhirResponse(503, operationOutcome({ severity: 'error', code: 'processing', diagnostics: 'Failed.' })),
    ),
  },
]
