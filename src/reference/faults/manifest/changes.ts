import { onAnswer } from '../definition.ts'
import type { ServedFile } from '../../export/job.ts'
import { type JsonRecord, withJson } from '../../http-message.ts'

/** Changes the manifest; `statusUrl` is the URL of the status request. */
export const changeManifest = (
  change: (body: JsonRecord, about: { readonly statusUrl: string }) => JsonRecord,
) =>
  onAnswer('status.complete', (r, { request }) =>
    withJson(r, (body) => change(body, { statusUrl: request.url })),
  )

/** The manifest without a field. */
export const withoutField = (name: string) => changeManifest(({ [name]: _, ...rest }) => rest)

/** The manifest with another value of a field; one that is absent stays so. */
export const withField = (name: string, value: unknown) =>
  changeManifest((body) => (body[name] === undefined ? body : { ...body, [name]: value }))

/** An item of a list of files. */
export type ManifestEntry = JsonRecord & {
  readonly type: string
  readonly url: string
  readonly count: number
}

/** The manifest with each item of a list changed. */
export const changeEntries = (
  list: 'output' | 'deleted' | 'error',
  change: (item: ManifestEntry) => JsonRecord,
) =>
  changeManifest((body) =>
    Array.isArray(body[list]) ? { ...body, [list]: (body[list] as ManifestEntry[]).map(change) } : body,
  )

/** A file without lines. */
export const emptyFile = (kind: ServedFile['kind'], type: string): ServedFile => ({
  kind,
  type,
  name: `${type}.999.ndjson`,
  resources: [],
})

/** The files of `output`. */
export const outputFiles = (files: readonly ServedFile[]) => files.filter(({ kind }) => kind === 'output')
