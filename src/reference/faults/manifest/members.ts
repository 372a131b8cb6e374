import { honestConduct } from '../../conduct/conduct.ts'
import { type Fault, onAnswer } from '../definition.ts'
import { type JsonRecord, withJson } from '../../http-message.ts'
import {
  emptyFile,
  withField,
  type ManifestEntry,
  changeEntries,
  changeManifest,
  outputFiles,
  withoutField,
} from './changes.ts'

/** Faults of the manifest and its output. */
export const manifestFaults: readonly Fault[] = [
  {
    id: 'no-transaction-time',
    breaks: 'export.manifest.transaction-time.present',
    conduct: withoutField('transactionTime'),
  },
  {
    id: 'transaction-time-is-a-date',
    breaks: 'export.manifest.transaction-time.instant',
    conduct: { transactionTime: (job, now) => honestConduct.transactionTime(job, now).slice(0, 10) },
  },
  {
    id: 'transaction-time-without-zone',
    breaks: 'export.manifest.transaction-time.instant',
    conduct: { transactionTime: (job, now) => honestConduct.transactionTime(job, now).slice(0, 19) },
  },
  {
    id: 'transaction-time-tomorrow',
    breaks: 'export.manifest.transaction-time.query-time',
    conduct: { transactionTime: ({ startedAt }) => new Date(startedAt + 86_400_000).toISOString() },
  },
  {
    id: 'transaction-time-moves',
    breaks: 'export.manifest.transaction-time.query-time',
    conduct: {
      transactionTime: ({ startedAt, pollsAfterCompletion: visits }) =>
        new Date(startedAt + (visits - 1) * 1_000).toISOString(),
    },
  },
  {
    id: 'exported-from-the-future',
    breaks: 'export.manifest.transaction-time.not-after',
    conduct: {
      lineOf: (resource, file) =>
        honestConduct.lineOf(
          file.kind === 'output' && resource === file.resources[0]
            ? { ...resource, meta: { ...resource.meta, lastUpdated: '2999-01-01T00:00:00Z' } }
            : resource,
          file,
        ),
    },
  },
  { id: 'no-request', breaks: 'export.manifest.request.present', conduct: withoutField('request') },
  {
    id: 'request-is-an-object',
    breaks: 'export.manifest.request.string',
    conduct: changeManifest((body) => ({ ...body, request: { url: body.request } })),
  },
  {
    id: 'request-is-relative',
    breaks: 'export.manifest.request.full-url',
    conduct: changeManifest((body) => ({
      ...body,
      request: String(body.request).replace(/^https?:\/\/[^/]+/, ''),
    })),
  },
  {
    id: 'request-is-the-status-url',
    breaks: 'export.manifest.request.full-url',
    conduct: changeManifest((body, { statusUrl }) => ({ ...body, request: statusUrl })),
  },
  {
    id: 'request-of-post-with-parameters',
    breaks: 'export.manifest.request.post-no-params',
    conduct: onAnswer('status.complete', (r, { kickoff }) =>
      kickoff?.method === 'POST'
        ? withJson(r, (body) => ({
            ...body,
            request: `${body.request}?${new URLSearchParams(kickoff.parameters.map(([name, value]): [string, string] => [name, value]))}`,
          }))
        : r,
    ),
  },
  {
    id: 'no-requires-access-token',
    breaks: 'export.manifest.requires-access-token.present',
    conduct: withoutField('requiresAccessToken'),
  },
  {
    id: 'requires-access-token-as-text',
    breaks: 'export.manifest.requires-access-token.boolean',
    conduct: changeManifest((body) => ({ ...body, requiresAccessToken: String(body.requiresAccessToken) })),
  },
  {
    id: 'token-required-but-not-said',
    breaks: 'export.manifest.requires-access-token.true',
    // A client that follows the manifest and sends no token gets no file.
    also: ['export.manifest.output.accessible'],
    conduct: withField('requiresAccessToken', false),
  },
  {
    id: 'no-output',
    breaks: 'export.manifest.output.present',
    also: ['export.manifest.output.empty'],
    conduct: withoutField('output'),
  },
  {
    id: 'output-is-an-object',
    breaks: 'export.manifest.output.array',
    also: ['export.manifest.output.empty'],
    conduct: changeManifest((body) => ({ ...body, output: { files: body.output } })),
  },
  {
    id: 'file-listed-twice',
    breaks: 'export.manifest.output.array',
    // The client retrieves a file that is listed twice two times.
    also: ['export.ndjson.no-duplicates'],
    conduct: changeManifest((body) => ({
      ...body,
      output: [...(body.output as ManifestEntry[]), ...(body.output as ManifestEntry[]).slice(0, 1)],
    })),
  },
  ...(['output-of-nothing-is-absent', 'output-of-nothing-is-null'] as const).map(
    (id): Fault => ({
      id,
      breaks: 'export.manifest.output.empty',
      also: ['export.manifest.output.present'],
      conduct: onAnswer('status.complete', (r) =>
        withJson(r, ({ output: items, ...rest }) =>
          Array.isArray(items) && items.length > 0
            ? { ...rest, output: items }
            : { ...rest, ...(id === 'output-of-nothing-is-null' ? { output: null } : {}) },
        ),
      ),
    }),
  ),
  {
    id: 'nothing-is-an-empty-file',
    breaks: 'export.manifest.output.empty',
    conduct: {
      manifestFiles: (files) =>
        outputFiles(files).length > 0 ? files : [...files, emptyFile('output', 'Patient')],
    },
  },
  {
    id: 'item-without-type',
    breaks: 'export.manifest.output.type.present',
    conduct: changeEntries('output', ({ type: _, ...rest }) => rest),
  },
  {
    id: 'item-type-in-lower-case',
    breaks: 'export.manifest.output.type.resource',
    conduct: changeEntries('output', (item) => ({ ...item, type: item.type.toLowerCase() })),
  },
  {
    id: 'item-without-url',
    breaks: 'export.manifest.output.url.present',
    conduct: changeEntries('output', ({ url, ...rest }) => ({ ...rest, link: url })),
  },
  {
    id: 'relative-file-url',
    breaks: 'export.manifest.output.url.absolute',
    conduct: changeEntries('output', (item) => ({ ...item, url: new URL(item.url).pathname })),
  },
  // A line of another type is not of the type of its item.
  {
    id: 'two-types-in-a-file',
    breaks: 'export.manifest.output.one-type-per-file',
    also: ['export.manifest.output.type.resource'],
    conduct: {
      manifestFiles: (files) => {
        const [first, second, ...rest] = outputFiles(files)
        const others = files.filter(({ kind }) => kind !== 'output')
        return first && second
          ? [{ ...first, resources: [...first.resources, ...second.resources] }, ...rest, ...others]
          : files
      },
    },
  },
  {
    id: 'empty-file-of-a-type',
    breaks: 'export.manifest.output.no-empty-type',
    conduct: {
      manifestFiles: (files, job) =>
        outputFiles(files).length > 0 && job.kickoff.types === undefined
          ? [...files, emptyFile('output', 'Account')]
          : files,
    },
  },
  {
    id: 'count-as-text',
    breaks: 'export.manifest.output.count.number',
    conduct: changeEntries('output', (item) => ({ ...item, count: String(item.count) })),
  },
  {
    id: 'count-too-high',
    breaks: 'export.manifest.output.count.correct',
    conduct: changeEntries('output', (item) => ({ ...item, count: item.count + 1 })),
  },
  // The request for a file that cannot be retrieved is not answered with 200.
  {
    id: 'error-files-not-accessible',
    breaks: 'export.manifest.output.accessible',
    configuration: { information: true },
    conduct: {
      findsFile: (files, name) =>
        honestConduct.findsFile(
          files.filter(({ kind }) => kind !== 'error'),
          name,
        ),
    },
  },
  {
    id: 'extension-is-an-array',
    breaks: 'export.manifest.extension.object',
    configuration: { extension: true },
    conduct: withField('extension', [{ url: 'https://bulkcheck.example/note', valueString: 'an extension' }]),
  },
  {
    id: 'extension-is-null',
    breaks: 'export.manifest.extension.object',
    configuration: { extension: true },
    conduct: withField('extension', null),
  },
  {
    id: 'type-listed-that-was-not-asked-for',
    breaks: 'export.manifest.level.request-consistency',
    // One file is listed under two types.
    also: ['export.manifest.output.array'],
    conduct: onAnswer('status.complete', (r, { job }) =>
      job?.kickoff.types === undefined
        ? r
        : withJson(r, (body) => {
            const [first] = Array.isArray(body.output) ? body.output : []
            return first
              ? { ...body, output: [...(body.output as JsonRecord[]), { ...first, type: 'Basic' }] }
              : body
          }),
    ),
  },
]
