import { gzipSync } from 'node:zlib'
import { optionalParameters } from '../conduct/configurations.ts'
import { onAnswer } from '../faults/definition.ts'
import { type JsonRecord, withJson } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'
import type { ServedFile } from '../export/job.ts'
import { because, type Variation } from './definition.ts'

const without = (...names: readonly string[]) => optionalParameters.filter((it) => !names.includes(it))

/** Changes the operations of the CapabilityStatement. */
const operations = (change: (operation: JsonRecord) => readonly JsonRecord[]) =>
  onAnswer('metadata', (response) =>
    withJson(response, (body) => ({
      ...body,
      rest: (body.rest as readonly JsonRecord[]).map((rest) => ({
        ...withChanged(rest, change),
        resource: (rest.resource as readonly JsonRecord[]).map((it) => withChanged(it, change)),
      })),
    })),
  )

function withChanged(
  { operation, ...rest }: JsonRecord,
  change: (operation: JsonRecord) => readonly JsonRecord[],
): JsonRecord {
  return operation === undefined
    ? rest
    : { ...rest, operation: (operation as readonly JsonRecord[]).flatMap(change) }
}

/** Each item of `output` changed, with the file that it names. */
const outputItems = (change: (item: JsonRecord, file: ServedFile) => JsonRecord) =>
  onAnswer('status.complete', (response, { job }) =>
    withJson(response, (body) => ({
      ...body,
      ...(Array.isArray(body.output)
        ? {
            output: (body.output as readonly JsonRecord[]).map((item) => {
              const file = job?.files?.find(({ name }) => String(item.url).endsWith(`/${name}`))
              return file ? change(item, file) : item
            }),
          }
        : {}),
    })),
  )

/** Variations where releases differ, or leave a sentence open. */
export const releaseVariations: readonly Variation[] = [
  {
    id: 'until-ignored',
    states:
      'The server does not support _until and ignores it. For the other optional filters a sentence asks for a refusal, but not for this one.',
    release: '3.0.0',
    configuration: { parameters: without('_until') },
    conduct: { raisesProblem: ({ parameter }) => parameter !== '_until' },
    lacks: { 'export.params.until.unsupported': 'No sentence asks for a refusal of this parameter.' },
  },
  {
    id: 'commas-separate-queries-in-3',
    states:
      'Every comma in _typeFilter separates queries. In 3.0.0 one sentence asks for one query in each value, and another gives commas this meaning.',
    release: '3.0.0',
    conduct: { splitsQueries: (occurrences) => occurrences.flatMap((it) => it.split(',')) },
  },
  {
    id: 'organizing-not-supported',
    states:
      'The server does not support organizeOutputBy. Under lenient handling it exports as usual, with types in the manifest and without outputOrganizedBy.',
    release: '3.0.0',
    configuration: { parameters: without('organizeOutputBy') },
  },
  {
    id: 'counts-without-headers',
    states:
      'In an organized export count does not include the headers of blocks. The guide does not say whether they are resources of the file.',
    release: '3.0.0',
    conduct: outputItems((item, { resources }) => ({
      ...item,
      ...(item.count === undefined
        ? {}
        : { count: resources.filter((it) => it.resourceType !== 'Parameters').length }),
    })),
  },
  {
    id: 'capability-urls-for-hours',
    about: 'files',
    states:
      'Files need no token, and their URLs are valid for a day. The guide refers to the lifetime of tokens, for which no number of seconds is a SHALL.',
    release: '3.0.0',
    configuration: { requiresAccessToken: false, fileQuery: true, expiresIn: 86_400 },
  },
  {
    id: 'operation-not-supported-by-its-definition',
    states:
      'The extension operation-not-supported has the URL of its definition, which differs from the URL on the page.',
    release: '3.0.0',
    configuration: { notExported: ['Location'] },
    conduct: onAnswer('metadata', (response) => ({
      ...response,
      body: String(response.body).replaceAll(
        '/Extension/operation-not-supported',
        '/StructureDefinition/operation-not-supported',
      ),
    })),
  },
  {
    id: 'messages-of-each-manifest',
    states:
      'Of several manifests of one export only the first has messages. In 4.0.0-ballot outcome need not be the same in all.',
    release: '4.0.0-ballot',
    configuration: { information: true, linesPerFile: 12, filesPerManifest: 5 },
    conduct: onAnswer('status.complete', (response, { page }) =>
      page === undefined ? response : withJson(response, ({ outcome: _, ...body }) => body),
    ),
  },
  {
    id: 'file-sizes-refused',
    states:
      'The server refuses _minimumFileSize and _maximumFileSize, which the page of the export operation does not have.',
    release: '4.0.0-ballot',
    conduct: onAnswer('kickoff.accepted', (response, { kickoff }) =>
      kickoff?.parameters.some(([name]) => /^_(minimum|maximum)FileSize$/.test(name))
        ? refusal(400, { code: 'not-supported', diagnostics: 'File sizes cannot be chosen.' })
        : response,
    ),
  },
  {
    id: 'sizes-of-compressed-files',
    about: 'files',
    states:
      'fileSize is the size of the file as it is sent with compression. The guide does not say which size it is.',
    release: '4.0.0-ballot',
    configuration: { gzip: true },
    conduct: outputItems((item, { resources }) => ({
      ...item,
      fileSize: gzipSync(resources.map((it) => `${JSON.stringify(it)}\n`).join(''), { level: 1 }).length,
    })),
    undecided: because(
      'Without Content-Length the size of a compressed file is unknown.',
      'manifest-model/file-size',
    ),
  },
  {
    id: 'get-for-an-earlier-release',
    states:
      'At the same URLs the server also offers 3.0.0, which requires GET. Its CapabilityStatement names the operations of both releases.',
    release: '4.0.0-ballot',
    conduct: {
      acceptsMethod: () => true,
      ...operations((operation) => [
        { ...operation, definition: `${String(operation.definition)}|4.0.0-ballot` },
        { ...operation, name: 'export-3', definition: `${String(operation.definition)}|3.0.0` },
      ]),
    },
    lacks: { 'capability.operation.name': 'Operations of two releases need two names.' },
  },
]
