import type { FileKind } from '../http/exchange.ts'
import type { Manifest, ManifestItem } from './export.ts'
import { resolveUrl } from '../http/url.ts'
import type { WireFormat } from './wire-format.ts'

const members = (
  messages: WireFormat['messages'],
): readonly (readonly [member: string, kind: FileKind])[] => [
  ['output', 'output'],
  ['deleted', 'deleted'],
  [messages, 'error'],
]

/** Reads a manifest leniently: resolves relative URLs, leaves out entries without a usable URL and all entries after the first `most`. */
export function readManifest(
  body: object,
  base: string,
  { most, messages = 'error' }: { readonly most: number; readonly messages?: WireFormat['messages'] },
): Manifest {
  const { transactionTime, requiresAccessToken, output, link } = body as Record<string, unknown>
  const next = nextLink(link, base)
  const items: ManifestItem[] = []
  for (const [member, kind] of members(messages)) {
    const entries: unknown = (body as Record<string, unknown>)[member]
    if (!Array.isArray(entries)) continue
    for (const entry of entries) {
      const item = items.length < most ? readItem(entry, kind, base) : undefined
      if (item) items.push(item)
    }
  }
  return {
    ...(typeof transactionTime === 'string' ? { transactionTime } : {}),
    ...(typeof requiresAccessToken === 'boolean' ? { requiresAccessToken } : {}),
    items,
    ...(Array.isArray(output) && output.length === 0 ? { emptyOutput: true } : {}),
    ...(next === undefined ? {} : { next }),
  }
}

/** A manifest after the request for its next page, with the files of that page if it came. A link to what was `read` already ends the chain. */
export function withPage(manifest: Manifest, page: Manifest | undefined, read: readonly string[]): Manifest {
  const { next: _, ...rest } = manifest
  const next = page?.next !== undefined && !read.includes(page.next) ? { next: page.next } : {}
  // In 3.0.0 every page repeats the messages of the first.
  const further = (page?.items ?? []).filter(
    ({ kind, url }) => kind !== 'error' || !manifest.items.some((it) => it.url === url),
  )
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

function readItem(entry: unknown, kind: FileKind, base: string): ManifestItem | undefined {
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
