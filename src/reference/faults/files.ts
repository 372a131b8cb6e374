import { type Conduct, honestConduct } from '../conduct/conduct.ts'
import { type Fault, onAnswer } from './definition.ts'
import type { ServedFile } from '../export/job.ts'
import { headerOf, withHeader, withStatus } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'
import type { Resource } from '../population/model.ts'

const ofOutputFile = (
  change: (resource: Resource, file: ServedFile) => unknown,
): Pick<Conduct, 'lineOf'> => ({
  lineOf: (resource, file) =>
    file.kind === 'output' ? JSON.stringify(change(resource, file)) : honestConduct.lineOf(resource, file),
})

const ofOutput = (change: (resource: Resource) => unknown) => ofOutputFile((resource) => change(resource))

/** Changes the first line of Observations, in every export. */
const oneObservation = (change: (resource: Resource) => unknown): Pick<Conduct, 'lineOf'> =>
  ofOutputFile((resource, file) =>
    resource.resourceType === 'Observation' && resource === file.resources[0] ? change(resource) : resource,
  )

function olderVersion(resource: Resource): Resource {
  const lastUpdated = new Date(Date.parse(resource.meta?.lastUpdated ?? '2020-01-01') - 1).toISOString()
  return { ...resource, meta: { ...resource.meta, versionId: '0', lastUpdated } }
}

const firstDownloaded = new WeakSet<ServedFile>()

/** Files that were sent once. */
const fetched = new WeakSet<ServedFile>()

/** Faults of output files and of their lines. */
export const fileFaults: readonly Fault[] = [
  {
    id: 'file-answers-203',
    breaks: 'export.files.get-200',
    conduct: onAnswer('file.served', (r) => withStatus(r, 203)),
  },
  {
    id: 'files-cut-short',
    breaks: 'http.whole-responses',
    conduct: onAnswer('file.served', (r) => ({ ...r, cutAfter: 20 })),
  },
  {
    id: 'files-called-gzip',
    breaks: 'http.whole-responses',
    conduct: onAnswer('file.served', (r) => withHeader(r, 'Content-Encoding', 'gzip')),
  },
  {
    id: 'file-as-octet-stream',
    breaks: 'export.files.content-type.ndjson',
    // This also changes the media type of files whose format was requested.
    also: ['export.manifest.output.format-reflects'],
    conduct: onAnswer('file.served', (r) => withHeader(r, 'Content-Type', 'application/octet-stream')),
  },
  {
    id: 'file-as-x-ndjson',
    breaks: 'export.files.content-type.ndjson',
    // This also changes the media type of files whose format was requested.
    also: ['export.manifest.output.format-reflects'],
    conduct: onAnswer('file.served', (r) => withHeader(r, 'Content-Type', 'application/x-ndjson')),
  },
  {
    id: 'asked-for-format-not-in-content-type',
    breaks: 'export.manifest.output.format-reflects',
    conduct: onAnswer('file.served', (r, { kickoff }) =>
      kickoff?.parameters.some(([name]) => name === '_outputFormat')
        ? withHeader(r, 'Content-Type', 'text/csv')
        : r,
    ),
  },
  // Neither an array nor an object over several lines is one value a line.
  {
    id: 'file-is-an-array',
    breaks: 'export.files.body.ndjson',
    // The answer is not NDJSON, whatever media type the request asks for.
    also: ['export.ndjson.one-per-line', 'export.manifest.error.files-oo'],
    conduct: { fileText: (lines) => [`[${[...lines].join(',')}]`] },
  },
  {
    id: 'pretty-printed-lines',
    breaks: 'export.ndjson.one-per-line',
    // The answer is not NDJSON, whatever media type the request asks for.
    also: ['export.files.body.ndjson', 'export.manifest.error.files-oo'],
    conduct: { lineOf: (resource) => JSON.stringify(resource, null, 2) },
  },
  {
    id: 'absent-file-answers-200',
    breaks: 'export.files.error.status',
    // The files of other clients are not refused either.
    also: ['security.restrict-to-originator'],
    conduct: onAnswer('file.refused', (r) => withStatus(r, 200)),
  },
  {
    id: 'file-in-json-without-accept',
    breaks: 'export.files.accept.default',
    conduct: onAnswer('file.served', (r, { request }) =>
      headerOf(request, 'accept') === undefined ? withHeader(r, 'Content-Type', 'application/json') : r,
    ),
  },
  {
    id: 'file-in-json-for-any-accept',
    breaks: 'export.files.accept.ndjson',
    conduct: onAnswer('file.served', (r, { request }) =>
      headerOf(request, 'accept') === '*/*' ? withHeader(r, 'Content-Type', 'application/json') : r,
    ),
  },
  // Nobody can retrieve a file that a valid token does not open.
  {
    id: 'some-files-for-nobody',
    breaks: 'export.files.token.required-accepted',
    also: ['export.manifest.output.accessible'],
    conduct: onAnswer('file.served', (r, { file }) =>
      file?.type === 'Observation'
        ? refusal(403, { code: 'forbidden', diagnostics: 'The access token does not open this file.' })
        : r,
    ),
  },
  {
    id: 'files-gone-before-expires',
    breaks: 'export.files.available-until-expires',
    conduct: {
      findsFile: (files, name) => {
        const file = honestConduct.findsFile(files, name)
        if (!file || fetched.has(file)) return undefined
        fetched.add(file)
        return file
      },
    },
  },
  {
    id: 'older-version-exported-too',
    breaks: 'export.files.latest-version-only',
    conduct: {
      orderedResources: ([first, ...rest]) => (first ? [first, olderVersion(first), ...rest] : []),
    },
  },
  {
    id: 'second-download-shorter',
    breaks: 'export.files.stable',
    conduct: onAnswer('file.served', (r, { file }) => {
      if (!file || !firstDownloaded.has(file)) {
        if (file) firstDownloaded.add(file)
        return r
      }
      return {
        ...r,
        body: file.resources
          .slice(1)
          .map((it) => `${JSON.stringify(it)}\n`)
          .join(''),
      }
    }),
  },
  {
    id: 'lines-without-resource-type',
    breaks: 'export.ndjson.object-resource',
    conduct: ofOutput(({ resourceType: _, ...rest }) => rest),
  },
  {
    id: 'latin-1',
    breaks: 'export.ndjson.utf8',
    conduct: { fileBytes: (text) => Buffer.from(text.replace(/[^\0-\xff]/g, '?'), 'latin1') },
  },
  // With CRs only, a file has a single line with many values.
  {
    id: 'carriage-returns',
    breaks: 'export.ndjson.newline',
    // The answer is not NDJSON, whatever media type the request asks for.
    also: ['export.ndjson.one-per-line', 'export.files.body.ndjson'],
    conduct: {
      fileText: function* (lines) {
        for (const line of lines) yield `${line}\r`
      },
    },
  },
  {
    id: 'blank-lines',
    breaks: 'export.ndjson.blank-lines',
    conduct: {
      fileText: function* (lines) {
        for (const line of lines) yield `${line}\n\n`
      },
    },
  },
  // The type of a wrapper differs from that of its item.
  {
    id: 'lines-wrapped-in-bundles',
    breaks: 'export.ndjson.no-wrapping',
    // The type of a Bundle differs from that of the resources in it.
    also: [
      'export.manifest.output.type.resource',
      'security.limit-to-authorized',
      'export.kickoff.patient-resources',
      'export.ndjson.meta-lastupdated',
    ],
    conduct: ofOutput((resource) => ({
      resourceType: 'Bundle',
      id: resource.id,
      type: 'collection',
      entry: [{ resource }],
    })),
  },
  // A file of many resources, one with a type that FHIR does not define.
  {
    id: 'one-line-of-an-unknown-type',
    breaks: 'export.ndjson.object-resource',
    also: ['export.manifest.output.type.resource', 'export.manifest.output.one-type-per-file'],
    conduct: oneObservation((resource) => ({ ...resource, resourceType: 'LabResult' })),
  },
  {
    id: 'one-line-without-id',
    breaks: 'export.ndjson.ids',
    conduct: oneObservation(({ id: _, ...rest }) => rest),
  },
  { id: 'lines-without-id', breaks: 'export.ndjson.ids', conduct: ofOutput(({ id: _, ...rest }) => rest) },
  {
    id: 'resources-exported-twice',
    breaks: 'export.ndjson.no-duplicates',
    conduct: { orderedResources: (resources) => [...resources, ...resources.slice(0, 1)] },
  },
  {
    id: 'lines-without-last-updated',
    breaks: 'export.ndjson.meta-lastupdated',
    conduct: ofOutput(({ meta, ...rest }) => ({ ...rest, meta: { ...meta, lastUpdated: undefined } })),
  },
  // Without a parameter, all files are affected.
  {
    id: 'unasked-format-is-text',
    breaks: 'export.params.outputformat.default',
    also: ['export.files.content-type.ndjson'],
    conduct: onAnswer('file.served', (r, { job, kickoff = job?.kickoff }) =>
      kickoff?.parameters.some(([name]) => name === '_outputFormat')
        ? r
        : withHeader(r, 'Content-Type', 'text/plain'),
    ),
  },
  {
    id: 'references-lead-nowhere',
    breaks: 'export.kickoff.references-in-file-set',
    release: '1.0.1',
    conduct: {
      lineOf: (resource) =>
        JSON.stringify(
          resource.resourceType === 'Encounter'
            ? { ...resource, serviceProvider: { reference: 'Organization/of-another-server' } }
            : resource,
        ),
    },
  },
  {
    id: 'file-ndjson-not-acceptable',
    breaks: 'export.files.accept.ndjson',
    also: ['export.manifest.output.accessible'],
    conduct: onAnswer('file.served', (r, { request }) =>
      headerOf(request, 'accept') === 'application/fhir+ndjson' ? withStatus(r, 406) : r,
    ),
  },
]
