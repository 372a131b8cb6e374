import type { FileKind } from '../http/exchange.ts'
import type { Manifest, ManifestItem } from './export.ts'
import { resolveUrl } from '../http/url.ts'

/** The lists of a manifest, which name files of the same kind. */
export const manifestLists: readonly FileKind[] = ['output', 'deleted', 'error']

/** Reads a manifest leniently: resolves relative URLs, leaves out entries without a usable URL and all entries after the first `most`. */
export function readManifest(body: object, base: string, most: number): Manifest {
  const items: ManifestItem[] = []
  for (const kind of manifestLists) {
    const entries: unknown = (body as Record<string, unknown>)[kind]
    if (!Array.isArray(entries)) continue
    for (const entry of entries) {
      const item = items.length < most ? readItem(entry, kind, base) : undefined
      if (item) items.push(item)
    }
  }
  return manifestOf(body, items)
}

/** A manifest with these items; those in the lists of `body` do not count. */
export function manifestOf(body: object, items: readonly ManifestItem[]): Manifest {
  const { transactionTime, requiresAccessToken, output } = body as Record<string, unknown>
  return {
    ...(typeof transactionTime === 'string' ? { transactionTime } : {}),
    ...(typeof requiresAccessToken === 'boolean' ? { requiresAccessToken } : {}),
    items,
    ...(Array.isArray(output) && output.length === 0 ? { emptyOutput: true } : {}),
  }
}

/** One entry of a list; `undefined` if it has no usable URL. */
export function readItem(entry: unknown, kind: FileKind, base: string): ManifestItem | undefined {
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
