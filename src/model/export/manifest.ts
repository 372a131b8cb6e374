import type { FileKind } from '../http/exchange.ts'
import type { Manifest, ManifestItem } from './export.ts'
import { resolveUrl } from '../http/url.ts'
import type { Target } from '../target.ts'
import { type WireFormat, wireFormatOf } from './wire-format.ts'

/** The lists of a manifest, and what their files are. */
export const manifestLists = (
  messages: WireFormat['messages'],
): readonly (readonly [member: string, kind: FileKind])[] => [
  ['output', 'output'],
  ['deleted', 'deleted'],
  [messages, 'error'],
]

/** Of what a manifest is read: no more than `most` files; `messages` is the list of files with messages. */
export interface ManifestOptions {
  readonly most: number
  readonly messages?: WireFormat['messages']
}

/** How manifests of a target are read. */
export function manifestOptionsOf({ ig, limits }: Pick<Target, 'ig' | 'limits'>): ManifestOptions {
  return { most: limits.manifestEntries, messages: wireFormatOf(ig).messages }
}

/** Reads a manifest leniently: resolves relative URLs, leaves out entries without a usable URL and all entries after the first `most`. */
export function readManifest(
  body: object,
  base: string,
  { most, messages = 'error' }: ManifestOptions,
): Manifest {
  const items: ManifestItem[] = []
  for (const [member, kind] of manifestLists(messages)) {
    const entries: unknown = (body as Record<string, unknown>)[member]
    if (!Array.isArray(entries)) continue
    for (const entry of entries) {
      const item = items.length < most ? readItem(entry, kind, base) : undefined
      if (item) items.push(item)
    }
  }
  return manifestWith(body, base, { items, messages })
}

/** A manifest with these items; of the lists in `body` it only matters whether `output` is empty. */
export function manifestWith(
  body: object,
  base: string,
  { items, messages }: Pick<Manifest, 'items'> & Required<Pick<ManifestOptions, 'messages'>>,
): Manifest {
  const { transactionTime, requiresAccessToken, output, link } = body as Record<string, unknown>
  const next = nextLink(link, base)
  // The model of 4.0.0 has no empty lists.
  const isEmpty = Array.isArray(output) ? output.length === 0 : output === undefined && messages === 'outcome'
  return {
    ...(typeof transactionTime === 'string' ? { transactionTime } : {}),
    ...(typeof requiresAccessToken === 'boolean' ? { requiresAccessToken } : {}),
    items,
    ...(isEmpty ? { emptyOutput: true } : {}),
    ...(next === undefined ? {} : { next }),
  }
}

/** A manifest after the request for its next page, with the files of that page if it came. A link to what was `read` already ends the chain. */
export function withPage(manifest: Manifest, page: Manifest | undefined, read: readonly string[]): Manifest {
  const { next: _, ...rest } = manifest
  const next = page?.next !== undefined && !read.includes(page.next) ? { next: page.next } : {}
  // In 3.0.0 every page repeats the messages of the first.
  const known = new Set(manifest.items.map((it) => it.url))
  const further = (page?.items ?? []).filter(({ kind, url }) => kind !== 'error' || !known.has(url))
  return { ...rest, items: [...manifest.items, ...further], ...next }
}

function nextLink(link: unknown, base: string): string | undefined {
  const links: readonly unknown[] = Array.isArray(link) ? link : []
  const urls = links.flatMap((it) => {
    const { relation, url } = (typeof it === 'object' ? (it ?? {}) : {}) as Record<string, unknown>
    return relation === 'next' && typeof url === 'string' ? [url] : []
  })
  return urls[0] === undefined ? undefined : resolveUrl(urls[0], base)
}

/** One entry of a list; `undefined` if it has no usable URL. */
export function readItem(entry: unknown, kind: FileKind, base: string): ManifestItem | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { url, type, count, fileSize, continuesInFile } = entry as Record<string, unknown>
  const absolute = typeof url === 'string' ? resolveUrl(url, base) : undefined
  if (absolute === undefined) return undefined
  const continuesIn = typeof continuesInFile === 'string' ? resolveUrl(continuesInFile, base) : undefined
  return {
    kind,
    url: absolute,
    ...(typeof type === 'string' ? { type } : {}),
    ...(count === undefined ? {} : { count }),
    ...(fileSize === undefined ? {} : { fileSize }),
    ...(continuesIn === undefined ? {} : { continuesIn }),
  }
}

const mostItems = 1_000

/** A manifest whose files have been downloaded, or will not be: of a long one remain the first item of each kind and type, and the last of each kind. */
export function withoutRepetition(manifest: Manifest): Manifest {
  const { items } = manifest
  if (items.length <= mostItems) return manifest
  const first = new Map<string, number>()
  const last = new Map<FileKind, number>()
  for (const [at, { kind, type }] of items.entries()) {
    const key = `${kind} ${type}`
    if (!first.has(key) && first.size < mostItems) first.set(key, at)
    last.set(kind, at)
  }
  const kept = [...new Set([...first.values(), ...last.values()])].sort((a, b) => a - b)
  return { ...manifest, items: kept.flatMap((at) => items[at] ?? []) }
}
