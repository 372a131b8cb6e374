import type { JsonRecord } from '../../http-message.ts'
import { withJson } from '../../http-message.ts'
import { onAnswer } from '../definition.ts'
import { changeManifest, emptyFile, outputFiles } from '../manifest/changes.ts'
import { since4 } from './definition.ts'

/** The manifest with each item of a list changed. */
const changeItems = (list: 'output' | 'deleted' | 'outcome', change: (item: JsonRecord) => JsonRecord) =>
  changeManifest((body) =>
    Array.isArray(body[list]) ? { ...body, [list]: (body[list] as JsonRecord[]).map(change) } : body,
  )

const whereOrdinary = (change: (body: JsonRecord) => JsonRecord) =>
  onAnswer('status.complete', (r, { kickoff }) =>
    kickoff?.organizedBy === undefined ? withJson(r, change) : r,
  )

const messages = { information: true }

/** Faults of the manifest of 4.0.0. */
export const manifestFaultsSince4 = since4([
  {
    id: 'request-in-the-manifest',
    breaks: 'export.manifest.request.removed',
    conduct: changeManifest((body) => ({ ...body, request: 'https://fhir.example/$export' })),
  },
  {
    id: 'messages-under-error',
    breaks: 'export.manifest.no-error-key',
    configuration: messages,
    // Nothing is reported where clients look for it.
    also: ['export.params.lenient.reported'],
    conduct: changeManifest(({ outcome, ...rest }) => ({ ...rest, ...(outcome ? { error: outcome } : {}) })),
  },
  {
    id: 'file-of-nothing',
    breaks: 'export.manifest.output.optional',
    conduct: {
      manifestFiles: (files) =>
        outputFiles(files).length > 0 ? files : [emptyFile('output', 'Patient'), ...files],
    },
  },
  {
    id: 'maximum-file-size-ignored',
    breaks: 'export.params.filesize.max.applied',
    configuration: { fileSizes: true },
    conduct: { honorsFileSize: (limit) => limit !== 'maximum' },
  },
  {
    id: 'minimum-file-size-ignored',
    breaks: 'export.params.filesize.min.applied',
    configuration: { fileSizes: true, linesPerFile: 2 },
    conduct: { honorsFileSize: (limit) => limit !== 'minimum' },
  },
  {
    id: 'messages-without-url',
    breaks: 'export.manifest.outcome.items',
    also: ['export.params.lenient.reported'],
    configuration: messages,
    conduct: changeItems('outcome', ({ url: _, ...rest }) => rest),
  },
  {
    id: 'messages-with-counts-as-text',
    breaks: 'export.manifest.outcome.items',
    configuration: messages,
    conduct: changeItems('outcome', (item) => ({ ...item, count: String(item.count) })),
  },
  {
    id: 'messages-in-files-of-patients',
    breaks: 'export.manifest.outcome.files-oo',
    configuration: messages,
    conduct: {
      lineOf: (resource, { kind }) =>
        JSON.stringify(kind === 'error' ? { resourceType: 'Patient', id: 'message' } : resource),
    },
  },
  {
    id: 'severity-of-another-code',
    breaks: 'export.manifest.outcome.count-severity',
    configuration: messages,
    conduct: changeItems('outcome', (item) => ({ ...item, countSeverity: [{ code: 'minor', count: 1 }] })),
  },
  {
    id: 'extension-still-an-object',
    breaks: 'export.manifest.extension.array',
    configuration: { extension: true },
    conduct: changeManifest((body) => ({ ...body, extension: { 'https://bulkcheck.example/note': true } })),
  },
  {
    id: 'manifest-of-another-model',
    breaks: 'export.manifest.manifest-type',
    conduct: changeManifest((body) => ({ ...body, manifestType: 'https://fhir.example/Manifest' })),
  },
  {
    id: 'output-format-in-short',
    breaks: 'export.manifest.output-format',
    conduct: changeManifest((body) => ({ ...body, outputFormat: 'application/ndjson' })),
  },
  {
    id: 'file-size-without-line-ends',
    breaks: 'export.manifest.file-size',
    conduct: changeItems('output', (item) => ({
      ...item,
      fileSize: (item.fileSize as number) - (item.count as number),
    })),
  },
  {
    id: 'deleted-files-by-name',
    breaks: 'export.manifest.deleted.items',
    conduct: changeItems('deleted', ({ url, ...rest }) => ({ ...rest, location: url })),
  },
  {
    id: 'deleted-files-with-type',
    breaks: 'export.manifest.deleted.no-type',
    conduct: changeItems('deleted', (item) => ({ ...item, type: 'Bundle' })),
  },
  {
    id: 'messages-with-type',
    breaks: 'export.manifest.deleted.no-type',
    configuration: messages,
    conduct: changeItems('outcome', (item) => ({ ...item, type: 'OperationOutcome' })),
  },
  {
    id: 'organized-by-nothing',
    breaks: 'export.organize-by.manifest.organized-by.absent',
    conduct: whereOrdinary((body) => ({ ...body, outputOrganizedBy: '' })),
  },
  {
    id: 'organization-of-nothing-in-detail',
    breaks: 'export.organize-by.manifest.detail',
    conduct: whereOrdinary((body) => ({ ...body, outputOrganizedByDetail: 'by type' })),
  },
  {
    id: 'next-manifest-of-another-time-in-4',
    breaks: 'export.partial.link.same-fields-but-outcome',
    configuration: { filesPerManifest: 3 },
    conduct: onAnswer('status.complete', (r, { page }) =>
      page === undefined ? r : withJson(r, (body) => ({ ...body, transactionTime: '2026-03-02T08:00:00Z' })),
    ),
  },
])
