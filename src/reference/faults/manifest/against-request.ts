import type { ResponseContext } from '../../conduct/conduct.ts'
import { honestConduct } from '../../conduct/conduct.ts'
import { type JsonRecord, withJson } from '../../http-message.ts'
import { type Fault, onAnswer } from '../definition.ts'
import { type ManifestEntry, outputFiles } from './changes.ts'

/** Changes the manifest if the kick-off request meets a condition. */
const where = (
  is: (kickoff: NonNullable<ResponseContext['kickoff']>) => boolean,
  change: (body: JsonRecord) => JsonRecord,
) => onAnswer('status.complete', (r, { kickoff }) => (kickoff && is(kickoff) ? withJson(r, change) : r))

const without = (name: string) => (body: JsonRecord) =>
  Object.fromEntries(Object.entries(body).filter(([key]) => key !== name))

const entries = (body: JsonRecord, list: string) => (body[list] ?? []) as readonly ManifestEntry[]

/** Faults of manifests that do not fit the request that was made. */
export const manifestRequestFaults: readonly Fault[] = [
  {
    id: 'written-group-not-exported',
    breaks: 'export.manifest.transaction-time.includes',
    configuration: { groupWrites: true },
    conduct: { showsCreatedGroup: (by) => by !== 'export' },
  },
  {
    id: 'no-error-array-with-since',
    breaks: 'export.manifest.error.present',
    conduct: where(({ since }) => since !== undefined, without('error')),
  },
  {
    id: 'no-requires-access-token-with-type',
    breaks: 'export.manifest.requires-access-token.present',
    conduct: where(({ types }) => types !== undefined, without('requiresAccessToken')),
  },
  {
    id: 'output-is-null-if-nothing-matches',
    breaks: 'export.manifest.output.present',
    // The manifest of an export of nothing lacks the array.
    also: ['export.manifest.output.empty'],
    conduct: onAnswer('status.complete', (r, { job }) =>
      outputFiles(job?.files ?? []).length > 0 ? r : withJson(r, (body) => ({ ...body, output: null })),
    ),
  },
  {
    id: 'request-without-since',
    breaks: 'export.manifest.request.full-url',
    conduct: where(
      ({ since }) => since !== undefined,
      (body) => ({ ...body, request: String(body.request).replace(/([?&])_since=[^&]*&?/, '$1') }),
    ),
  },
  {
    id: 'request-of-post-is-the-base',
    release: '2.0.0',
    breaks: 'export.manifest.request.full-url',
    conduct: where(
      ({ method }) => method === 'POST',
      (body) => ({
        ...body,
        request: String(body.request).replace(/\/(Patient|Group)?[^/]*\/?[^/]*\$export.*/, ''),
      }),
    ),
  },
  {
    id: 'transaction-time-is-since',
    breaks: 'export.manifest.transaction-time.query-time',
    conduct: {
      transactionTime: (job, now) =>
        job.kickoff.since === undefined
          ? honestConduct.transactionTime(job, now)
          : new Date(job.kickoff.since).toISOString(),
    },
  },
  {
    id: 'relative-urls-with-since',
    breaks: 'export.manifest.output.url.absolute',
    conduct: where(
      ({ since }) => since !== undefined,
      (body) => ({
        ...body,
        output: entries(body, 'output').map((it) => ({ ...it, url: new URL(it.url).pathname })),
      }),
    ),
  },
  {
    id: 'deletions-without-since',
    breaks: 'export.manifest.deleted.since-only',
    conduct: {
      manifestFiles: (files, { kickoff }) => {
        const [first] = outputFiles(files)
        return kickoff.since === undefined && first
          ? [
              ...files,
              {
                kind: 'deleted',
                type: 'Bundle',
                name: 'deleted.999.ndjson',
                resources: [
                  honestConduct.deletionBundle({
                    type: 'Patient',
                    id: 'gone',
                    at: '2020-01-01T00:00:00Z',
                    patients: [],
                  }),
                ],
              },
            ]
          : files
      },
    },
  },
  {
    id: 'deletions-in-output',
    breaks: 'export.manifest.deleted.populated',
    conduct: where(
      ({ since }) => since !== undefined,
      (body) => ({
        ...body,
        output: [
          ...entries(body, 'output'),
          ...entries(body, 'deleted').map((it) => ({ ...it, type: 'Bundle' })),
        ],
        deleted: [],
      }),
    ),
  },
  {
    id: 'messages-in-output-of-lenient-exports',
    breaks: 'export.manifest.error.messages-here',
    // The message is not in an error file, where it belongs.
    also: ['export.params.lenient.reported'],
    conduct: {
      manifestFiles: (files, { kickoff }) =>
        kickoff.ignored.length > 0
          ? files.map((file) => (file.kind === 'error' ? { ...file, kind: 'output' } : file))
          : files,
    },
  },
  {
    id: 'resources-in-error-files',
    breaks: 'export.manifest.error.files-oo',
    conduct: {
      manifestFiles: (files, { kickoff }) => {
        const [first] = outputFiles(files)
        return first && kickoff.parameters.length === 0
          ? [...files, { ...first, kind: 'error', type: 'OperationOutcome', name: 'errors.999.ndjson' }]
          : files
      },
    },
  },
  {
    id: 'error-files-of-another-type-without-parameters',
    breaks: 'export.manifest.error.type-oo',
    configuration: { information: true },
    conduct: where(
      ({ parameters }) => parameters.length === 0,
      (body) => ({ ...body, error: entries(body, 'error').map((it) => ({ ...it, type: 'Parameters' })) }),
    ),
  },
]
