import { honestConduct } from '../conduct/conduct.ts'
import type { Fault } from './definition.ts'
import {
  emptyFile,
  withField,
  changeEntries,
  changeManifest,
  outputFiles,
  withoutField,
} from './manifest/changes.ts'

/** Faults of listed deletions, and of messages about an export. */
export const messageFaults: readonly Fault[] = [
  {
    id: 'deleted-is-an-object',
    breaks: 'export.manifest.deleted.array',
    conduct: changeManifest((body) => ({ ...body, deleted: { files: body.deleted } })),
  },
  {
    id: 'deleted-of-another-type',
    breaks: 'export.manifest.deleted.type-bundle',
    conduct: changeEntries('deleted', (item) => ({ ...item, type: 'Observation' })),
  },
  {
    id: 'deletions-not-listed',
    breaks: 'export.manifest.deleted.optional',
    conduct: withoutField('deleted'),
  },
  {
    id: 'exported-and-deleted',
    breaks: 'export.manifest.deleted.disjoint',
    conduct: {
      sentResources: (file, { files = [] }) => {
        const exported = outputFiles(files)[0]?.resources[0]
        return file.kind === 'deleted' && exported
          ? file.resources.map((bundle, index) =>
              index === 0
                ? {
                    ...bundle,
                    entry: [
                      { request: { method: 'DELETE', url: `${exported.resourceType}/${exported.id}` } },
                    ],
                  }
                : bundle,
            )
          : file.resources
      },
    },
  },
  // A collection has no requests.
  {
    id: 'deleted-in-a-collection',
    breaks: 'export.manifest.deleted.line-bundle',
    also: ['export.ndjson.valid-resources'],
    conduct: {
      deletionBundle: (deletion) => ({ ...honestConduct.deletionBundle(deletion), type: 'collection' }),
    },
  },
  {
    id: 'deleted-bundle-without-entries',
    breaks: 'export.manifest.deleted.entries',
    conduct: {
      deletionBundle: (deletion) => {
        const { entry: _, ...rest } = honestConduct.deletionBundle(deletion)
        return rest as ReturnType<typeof honestConduct.deletionBundle>
      },
    },
  },
  // The element is also mandatory in R4.
  {
    id: 'deleted-entry-without-url',
    breaks: 'export.manifest.deleted.request-populated',
    also: ['export.ndjson.valid-resources'],
    conduct: {
      deletionBundle: (deletion) => ({
        ...honestConduct.deletionBundle(deletion),
        entry: [{ request: { method: 'DELETE' } }],
      }),
    },
  },
  {
    id: 'deleted-named-by-id-alone',
    breaks: 'export.manifest.deleted.request-url',
    conduct: {
      deletionBundle: (deletion) => ({
        ...honestConduct.deletionBundle(deletion),
        entry: [{ request: { method: 'DELETE', url: deletion.id } }],
      }),
    },
  },
  {
    id: 'deleted-bundle-with-other-element',
    release: '2.0.0',
    breaks: 'export.ndjson.valid-resources',
    conduct: {
      deletionBundle: (deletion) => ({ ...honestConduct.deletionBundle(deletion), deletedAt: deletion.at }),
    },
  },
  {
    id: 'deleted-by-put',
    breaks: 'export.manifest.deleted.method',
    conduct: {
      deletionBundle: (deletion) => ({
        ...honestConduct.deletionBundle(deletion),
        entry: [{ request: { method: 'PUT', url: `${deletion.type}/${deletion.id}` } }],
      }),
    },
  },
  {
    id: 'deletions-of-all-types',
    breaks: 'export.manifest.deleted.scope',
    conduct: {
      listsDeletion: (deletion, about) =>
        honestConduct.listsDeletion(deletion, { ...about, types: [deletion.type] }),
    },
  },
  // A manifest without the list reports nothing.
  {
    id: 'no-error-array',
    breaks: 'export.manifest.error.present',
    also: ['export.params.lenient.reported'],
    conduct: withoutField('error'),
  },
  {
    id: 'error-is-an-object',
    breaks: 'export.manifest.error.array',
    also: ['export.params.lenient.reported'],
    conduct: withField('error', {}),
  },
  {
    id: 'no-errors-is-an-empty-file',
    breaks: 'export.manifest.error.empty',
    conduct: {
      manifestFiles: (files) =>
        files.some(({ kind }) => kind === 'error')
          ? files
          : [...files, emptyFile('error', 'OperationOutcome')],
    },
  },
  {
    id: 'error-of-another-type',
    breaks: 'export.manifest.error.type-oo',
    configuration: { information: true },
    conduct: changeEntries('error', (item) => ({ ...item, type: 'Patient' })),
  },
  {
    id: 'error-files-without-outcomes',
    breaks: 'export.manifest.error.files-oo',
    configuration: { information: true },
    conduct: {
      lineOf: (resource, file) =>
        file.kind === 'error'
          ? JSON.stringify({ resourceType: 'Basic', id: resource.id, code: { text: 'message' } })
          : honestConduct.lineOf(resource, file),
    },
  },
  {
    id: 'messages-in-output',
    breaks: 'export.manifest.error.messages-here',
    configuration: { information: true },
    conduct: {
      manifestFiles: (files, { kickoff }) =>
        kickoff.types === undefined
          ? files.map((file) => (file.kind === 'error' ? { ...file, kind: 'output' } : file))
          : files,
    },
  },
  {
    id: 'error-file-with-other-element',
    breaks: 'export.ndjson.valid-resources',
    conduct: {
      lineOf: (resource, file) =>
        file.kind === 'error'
          ? JSON.stringify({ ...resource, parameter: '_type' })
          : honestConduct.lineOf(resource, file),
    },
  },
  // The severity is mandatory.
  {
    id: 'error-file-without-severity',
    breaks: 'export.errors.oo.valid',
    also: ['export.ndjson.valid-resources'],
    conduct: {
      lineOf: (resource, file) =>
        file.kind === 'error'
          ? JSON.stringify({ ...resource, issue: [{ code: 'processing' }] })
          : honestConduct.lineOf(resource, file),
    },
  },
]
