import { honest } from '../conduct.ts'
import { type Fault, on } from '../fault.ts'
import { type Json, withJson } from '../message.ts'
import { empty, having, type Item, items, manifest, outputOf, without } from './manifest-changes.ts'

/** Faults of the manifest and its output. */
export const manifestFaults: readonly Fault[] = [
  {
    id: 'no-transaction-time',
    breaks: 'export.manifest.transaction-time.present',
    conduct: without('transactionTime'),
  },
  {
    id: 'transaction-time-is-a-date',
    breaks: 'export.manifest.transaction-time.instant',
    conduct: { transactionTime: (job, now) => honest.transactionTime(job, now).slice(0, 10) },
  },
  {
    id: 'transaction-time-without-zone',
    breaks: 'export.manifest.transaction-time.instant',
    conduct: { transactionTime: (job, now) => honest.transactionTime(job, now).slice(0, 19) },
  },
  {
    id: 'transaction-time-tomorrow',
    breaks: 'export.manifest.transaction-time.query-time',
    conduct: { transactionTime: ({ startedAt }) => new Date(startedAt + 86_400_000).toISOString() },
  },
  // What changes is not the same when asked for again.
  {
    id: 'transaction-time-moves',
    breaks: 'export.manifest.transaction-time.query-time',
    also: ['export.status.complete-repeatable'],
    conduct: {
      transactionTime: ({ startedAt, visits }) => new Date(startedAt + (visits - 1) * 1_000).toISOString(),
    },
  },
  {
    id: 'exported-from-the-future',
    breaks: 'export.manifest.transaction-time.not-after',
    conduct: {
      line: (resource, file) =>
        honest.line(
          file.kind === 'output' && resource === file.resources[0]
            ? { ...resource, meta: { ...resource.meta, lastUpdated: '2999-01-01T00:00:00Z' } }
            : resource,
          file,
        ),
    },
  },
  { id: 'no-request', breaks: 'export.manifest.request.present', conduct: without('request') },
  {
    id: 'request-is-an-object',
    breaks: 'export.manifest.request.string',
    conduct: manifest((body) => ({ ...body, request: { url: body.request } })),
  },
  {
    id: 'request-is-relative',
    breaks: 'export.manifest.request.full-url',
    conduct: manifest((body) => ({
      ...body,
      request: String(body.request).replace(/^https?:\/\/[^/]+/, ''),
    })),
  },
  {
    id: 'request-is-the-status-url',
    breaks: 'export.manifest.request.full-url',
    conduct: manifest((body, { statusUrl }) => ({ ...body, request: statusUrl })),
  },
  {
    id: 'request-of-post-with-parameters',
    breaks: 'export.manifest.request.post-no-params',
    conduct: on('status.complete', (r, { kickoff }) =>
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
    conduct: without('requiresAccessToken'),
  },
  {
    id: 'requires-access-token-as-text',
    breaks: 'export.manifest.requires-access-token.boolean',
    conduct: manifest((body) => ({ ...body, requiresAccessToken: String(body.requiresAccessToken) })),
  },
  {
    id: 'token-required-but-not-said',
    breaks: 'export.manifest.requires-access-token.true',
    // A client that is told to send no token gets no file.
    also: ['export.files.get-200', 'export.manifest.output.accessible'],
    conduct: having('requiresAccessToken', false),
  },
  {
    id: 'no-output',
    breaks: 'export.manifest.output.present',
    conduct: without('output'),
  },
  {
    id: 'output-is-an-object',
    breaks: 'export.manifest.output.array',
    conduct: manifest((body) => ({ ...body, output: { files: body.output } })),
  },
  {
    id: 'file-listed-twice',
    breaks: 'export.manifest.output.array',
    // What is listed twice is retrieved twice.
    also: ['export.ndjson.no-duplicates'],
    conduct: manifest((body) => ({
      ...body,
      output: [...(body.output as Item[]), ...(body.output as Item[]).slice(0, 1)],
    })),
  },
  // The only file there is has no lines.
  {
    id: 'nothing-is-an-empty-file',
    breaks: 'export.manifest.output.empty',
    also: ['export.manifest.output.no-empty-type'],
    conduct: {
      files: (files) => (outputOf(files).length > 0 ? files : [...files, empty('output', 'Patient')]),
    },
  },
  {
    id: 'item-without-type',
    breaks: 'export.manifest.output.type.present',
    conduct: items('output', ({ type: _, ...rest }) => rest),
  },
  {
    id: 'item-type-in-lower-case',
    breaks: 'export.manifest.output.type.resource',
    // No such type was asked for.
    also: ['export.manifest.level.request-consistency'],
    conduct: items('output', (item) => ({ ...item, type: item.type.toLowerCase() })),
  },
  {
    id: 'item-without-url',
    breaks: 'export.manifest.output.url.present',
    conduct: items('output', ({ url, ...rest }) => ({ ...rest, link: url })),
  },
  {
    id: 'relative-file-url',
    breaks: 'export.manifest.output.url.absolute',
    conduct: items('output', (item) => ({ ...item, url: new URL(item.url).pathname })),
  },
  // A line of another type is not of the type of its item.
  {
    id: 'two-types-in-a-file',
    breaks: 'export.manifest.output.one-type-per-file',
    also: ['export.manifest.output.type.resource'],
    conduct: {
      files: (files) => {
        const [first, second, ...rest] = outputOf(files)
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
      files: (files, job) =>
        outputOf(files).length > 0 && job.kickoff.types === undefined
          ? [...files, empty('output', 'Account')]
          : files,
    },
  },
  {
    id: 'count-as-text',
    breaks: 'export.manifest.output.count.number',
    conduct: items('output', (item) => ({ ...item, count: String(item.count) })),
  },
  {
    id: 'count-too-high',
    breaks: 'export.manifest.output.count.correct',
    conduct: items('output', (item) => ({ ...item, count: item.count + 1 })),
  },
  // A file that cannot be had is not answered 200.
  {
    id: 'error-files-not-accessible',
    breaks: 'export.manifest.output.accessible',
    also: ['export.files.get-200'],
    configuration: { information: true },
    conduct: {
      findsFile: (files, name) =>
        honest.findsFile(
          files.filter(({ kind }) => kind !== 'error'),
          name,
        ),
    },
  },
  {
    id: 'extension-is-an-array',
    breaks: 'export.manifest.extension.object',
    configuration: { extension: true },
    conduct: having('extension', [{ url: 'https://bulkcheck.example/note', valueString: 'an extension' }]),
  },
  {
    id: 'type-listed-that-was-not-asked-for',
    breaks: 'export.manifest.level.request-consistency',
    conduct: on('status.complete', (r, { job }) =>
      job?.kickoff.types === undefined
        ? r
        : withJson(r, (body) => {
            const [first] = Array.isArray(body.output) ? body.output : []
            return first
              ? { ...body, output: [...(body.output as Json[]), { ...first, type: 'Basic' }] }
              : body
          }),
    ),
  },
]
