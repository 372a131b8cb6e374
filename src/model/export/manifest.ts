import type { FileKind } from '../http/exchange.ts'
import type { Manifest, ManifestItem } from './export.ts'
import { resolveUrl } from '../http/url.ts'

const members: readonly (readonly [member: string, kind: FileKind])[] = [
  ['output', 'output'],
  ['deleted', 'deleted'],
  ['error', 'error'],
]

/** Reads a manifest leniently: resolves relative URLs, leaves out entries without a usable URL and all entries after the first `most`. */
export function readManifest(body: object, base: string, most: number): Manifest {
  const { transactionTime, requiresAccessToken, output } = body as Record<string, unknown>
  const items: ManifestItem[] = []
  for (const [member, kind] of members) {
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
  }
}

function readItem(entry: unknown, kind: FileKind, base: string): ManifestItem | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { url, type, count } = entry as Record<string, unknown>
  const absolute = typeof url === 'string' ? resolveUrl(url, base) : undefined
  if (absolute === undefined) return undefined
  return {
    kind,
    url: absolute,
    ...(typeof type === 'string' ? { type } : {}),
    ...(count === undefined ? {} : { count }),
  }
}
