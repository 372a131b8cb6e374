import { on } from '../fault.ts'
import type { OutputFile } from '../job.ts'
import { type Json, withJson } from '../message.ts'

/** The manifest changed; `statusUrl` is where it was asked for. */
export const manifest = (change: (body: Json, about: { readonly statusUrl: string }) => Json) =>
  on('status.complete', (r, { request }) => withJson(r, (body) => change(body, { statusUrl: request.url })))

/** The manifest without a field. */
export const without = (name: string) => manifest(({ [name]: _, ...rest }) => rest)

/** The manifest with another value of a field; one that is absent stays so. */
export const having = (name: string, value: unknown) =>
  manifest((body) => (body[name] === undefined ? body : { ...body, [name]: value }))

/** An item of a list of files. */
export type Item = Json & { readonly type: string; readonly url: string; readonly count: number }

/** The manifest with each item of a list changed. */
export const items = (list: 'output' | 'deleted' | 'error', change: (item: Item) => Json) =>
  manifest((body) =>
    Array.isArray(body[list]) ? { ...body, [list]: (body[list] as Item[]).map(change) } : body,
  )

/** A file without lines. */
export const empty = (kind: OutputFile['kind'], type: string): OutputFile => ({
  kind,
  type,
  name: `${type}.999.ndjson`,
  resources: [],
})

/** The files of `output`. */
export const outputOf = (files: readonly OutputFile[]) => files.filter(({ kind }) => kind === 'output')
