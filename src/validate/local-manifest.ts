import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { UsageError } from '../config/error.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import type { Manifest, ManifestItem } from '../model/export/export.ts'
import { isAbsoluteUrl } from '../model/http/url.ts'
import { readManifest } from '../model/export/manifest.ts'
import { defaultLimits, type ExportLevel } from '../model/target.ts'
import { diskSource, unreadableSource } from './find-files.ts'
import type { FileEntry } from './inspect-files.ts'

/** The manifest of an export whose files are on this machine, and what it shows of the kick-off request. */
export interface LocalManifest {
  readonly manifest: Manifest
  readonly files: readonly FileEntry[]
  readonly level?: ExportLevel
  /** FHIR base of the server. */
  readonly fhirUrl?: string
}

/**
 * Reads a manifest and finds its files: where a file: or relative URL leads below the folder of either, else by the end of the URL's path in `folder`,
 * or beside the manifest. An item without a file or URL is a file that cannot be read. Throws UsageError if no file is found.
 */
export function readLocalManifest(it: {
  readonly path: string
  readonly name: string
  readonly folder?: string
}): LocalManifest {
  const { path, name } = it
  const body = bodyOf(path, name)
  const manifest = readManifest(body, pathToFileURL(resolve(path)).href, {
    most: defaultLimits.manifestEntries,
  })
  const folder = it.folder ?? dirname(path)
  const { places, nowhere } = itemPlacesOf(body, name)
  const missing: string[] = []
  const taken = new Map<string, string>()
  const within = [folder, dirname(path)].map((it) => join(resolve(it), '/'))
  const files = manifest.items.map((item, at): FileEntry => {
    const place = places[at] ?? 'an item'
    const found = localPathOf(item, folder, within)
    if (found === undefined) {
      missing.push(`${place} of ${name}${fileName(item.url)}`)
      const why = 'it is not on this machine; name its folder with --files'
      return { ...unreadableSource(missing.at(-1) ?? '', why), kind: item.kind }
    }
    const twin = taken.get(found)
    if (twin) throw new UsageError(`${place} and ${twin} of ${name} are the same file`)
    taken.set(found, place)
    const { kind, type, count } = item
    return {
      ...diskSource(found, shortName(found, folder)),
      kind,
      ...(type === undefined ? {} : { type }),
      ...(count === undefined ? {} : { count }),
    }
  })
  if (missing.length > 0 && missing.length === files.length)
    throw new UsageError(
      [
        `${missing.length} of ${manifest.items.length} files of the manifest are not on this machine; name their folder with --files:`,
        ...missing.slice(0, 10).map((line) => `  ${line}`),
        ...(missing.length > 10 ? [`  and ${missing.length - 10} more`] : []),
      ].join('\n'),
    )
  return { manifest, files: [...files, ...nowhere], ...requestOf(body) }
}

function bodyOf(path: string, name: string): object {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // A parser would quote the file.
    throw new UsageError(
      error instanceof SyntaxError
        ? `${name} is not JSON`
        : `${name} cannot be read: ${fileErrorReason(error)}`,
    )
  }
  if (typeof value !== 'object' || value === null || !Array.isArray((value as { output?: unknown }).output))
    throw new UsageError(`${name} is not an export manifest: it has no array \`output\``)
  for (const member of ['deleted', 'error']) {
    const entries: unknown = (value as Record<string, unknown>)[member]
    if (entries !== undefined && !Array.isArray(entries))
      throw new UsageError(`${name} is not an export manifest: its \`${member}\` is not an array`)
  }
  return value
}

/** The places (`output[0]` and so on) of items with a URL, and the others as files that cannot be read. */
function itemPlacesOf(
  body: object,
  name: string,
): { readonly places: readonly string[]; readonly nowhere: readonly FileEntry[] } {
  const places: string[] = []
  const nowhere: FileEntry[] = []
  for (const kind of ['output', 'deleted', 'error'] as const) {
    const entries: unknown = (body as Record<string, unknown>)[kind]
    if (!Array.isArray(entries)) continue
    for (const [at, entry] of entries.entries()) {
      const place = `${kind}[${at}]`
      if (readManifest({ output: [entry] }, 'file:///', { most: 1 }).items.length > 0) places.push(place)
      else
        nowhere.push({ ...unreadableSource(`${place} of ${name}`, 'the manifest has no URL for it'), kind })
    }
  }
  return { places, nowhere }
}

/** The path of an item's file. A server wrote the manifest, so only paths below `within` are accepted. */
function localPathOf({ url }: ManifestItem, folder: string, within: readonly string[]): string | undefined {
  const { protocol, pathname } = new URL(url)
  if (protocol === 'file:') {
    const path = filePathOf(url)
    if (path !== undefined && within.some((it) => path.startsWith(it)) && isFile(path)) return path
  }
  const parts = pathname.split('/').filter((it) => it !== '')
  const names = parts.map(decodedName)
  // The longest matching end of the path: two files of the same name may be in different folders.
  for (let from = 0; from < names.length; from += 1) {
    const end = names.slice(from)
    if (end.some((it) => it === undefined)) continue
    const path = join(folder, ...(end as string[]))
    for (const candidate of [path, `${path}.gz`]) if (isFile(candidate)) return candidate
  }
  return undefined
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function filePathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url)
  } catch {
    // A URL with a host, or with a path that no file can have.
    return undefined
  }
}

function decodedName(part: string): string | undefined {
  try {
    const name = decodeURIComponent(part)
    return /[/\\\0]/.test(name) || name === '..' || name === '.' ? undefined : name
  } catch {
    // Not UTF-8: no file has such a name.
    return undefined
  }
}

/** The last part of a URL's path, if it is nothing but a name: what is around it may be a signature. */
function fileName(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  return /^[A-Za-z0-9._-]{1,80}$/.test(last) ? `: ${last}` : ''
}

function shortName(path: string, folder: string): string {
  return path.startsWith(join(folder, '/')) ? path.slice(join(folder, '/').length) : path
}

/** What the URL of a kick-off request shows about its export; `undefined` for another URL. */
function requestOf(body: object): { readonly level?: ExportLevel; readonly fhirUrl?: string } {
  const { request } = body as { request?: unknown }
  if (!isAbsoluteUrl(request)) return {}
  const { origin, pathname } = new URL(request)
  const path = /^(.*?)(\/Patient|\/Group\/[^/]+)?\/\$export$/.exec(pathname.replace(/%24export$/i, '$export'))
  if (!path) return {}
  const [, base = '', below] = path
  const level = below === undefined ? 'system' : below === '/Patient' ? 'patient' : 'group'
  return { level, fhirUrl: `${origin}${base}` }
}
