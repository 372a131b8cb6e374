import { honest } from '../conduct.ts'
import type { Fault } from '../fault.ts'
import { empty, having, items, manifest, outputOf, without } from './manifest-changes.ts'

/** Faults of what is listed as deleted, and of messages about an export. */
export const messageFaults: readonly Fault[] = [
  {
    id: 'deleted-is-an-object',
    breaks: 'export.manifest.deleted.array',
    conduct: manifest((body) => ({ ...body, deleted: { files: body.deleted } })),
  },
  {
    id: 'deleted-of-another-type',
    breaks: 'export.manifest.deleted.type-bundle',
    conduct: items('deleted', (item) => ({ ...item, type: 'Observation' })),
  },
  {
    id: 'deletions-not-listed',
    breaks: 'export.manifest.deleted.optional',
    conduct: without('deleted'),
  },
  {
    id: 'exported-and-deleted',
    breaks: 'export.manifest.deleted.disjoint',
    conduct: {
      sends: (file, { files = [] }) => {
        const exported = outputOf(files)[0]?.resources[0]
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
  {
    id: 'deleted-in-a-collection',
    breaks: 'export.manifest.deleted.line-bundle',
    conduct: { deletionBundle: (deletion) => ({ ...honest.deletionBundle(deletion), type: 'collection' }) },
  },
  {
    id: 'deleted-bundle-without-entries',
    breaks: 'export.manifest.deleted.entries',
    conduct: {
      deletionBundle: (deletion) => {
        const { entry: _, ...rest } = honest.deletionBundle(deletion)
        return rest as ReturnType<typeof honest.deletionBundle>
      },
    },
  },
  {
    id: 'deleted-entry-without-url',
    breaks: 'export.manifest.deleted.request-populated',
    conduct: {
      deletionBundle: (deletion) => ({
        ...honest.deletionBundle(deletion),
        entry: [{ request: { method: 'DELETE' } }],
      }),
    },
  },
  {
    id: 'deleted-by-put',
    breaks: 'export.manifest.deleted.method',
    conduct: {
      deletionBundle: (deletion) => ({
        ...honest.deletionBundle(deletion),
        entry: [{ request: { method: 'PUT', url: `${deletion.type}/${deletion.id}` } }],
      }),
    },
  },
  {
    id: 'deletions-of-all-types',
    breaks: 'export.manifest.deleted.scope',
    conduct: {
      listsDeletion: (deletion, about) =>
        honest.listsDeletion(deletion, { ...about, types: [deletion.type] }),
    },
  },
  { id: 'no-error-array', breaks: 'export.manifest.error.present', conduct: without('error') },
  { id: 'error-is-an-object', breaks: 'export.manifest.error.array', conduct: having('error', {}) },
  {
    id: 'no-errors-is-an-empty-file',
    breaks: 'export.manifest.error.empty',
    conduct: {
      files: (files) =>
        files.some(({ kind }) => kind === 'error') ? files : [...files, empty('error', 'OperationOutcome')],
    },
  },
  {
    id: 'error-of-another-type',
    breaks: 'export.manifest.error.type-oo',
    configuration: { information: true },
    conduct: items('error', (item) => ({ ...item, type: 'Patient' })),
  },
  {
    id: 'error-files-without-outcomes',
    breaks: 'export.manifest.error.files-oo',
    configuration: { information: true },
    conduct: {
      line: (resource, file) =>
        file.kind === 'error'
          ? JSON.stringify({ resourceType: 'Basic', id: resource.id, code: { text: 'message' } })
          : honest.line(resource, file),
    },
  },
  {
    id: 'messages-in-output',
    breaks: 'export.manifest.error.messages-here',
    configuration: { information: true },
    conduct: {
      files: (files, { kickoff }) =>
        kickoff.types === undefined
          ? files.map((file) => (file.kind === 'error' ? { ...file, kind: 'output' } : file))
          : files,
    },
  },
  {
    id: 'error-file-without-severity',
    breaks: 'export.errors.oo.valid',
    conduct: {
      line: (resource, file) =>
        file.kind === 'error'
          ? JSON.stringify({ ...resource, issue: [{ code: 'processing' }] })
          : honest.line(resource, file),
    },
  },
]
