import type { Export, ExportIntent, Manifest, ManifestItem } from './export.ts'

/** A file, and the manifest that lists it. */
export interface ListedFile {
  readonly item: ManifestItem
  readonly manifest: Manifest
}

/** How many files of an export are downloaded while it is in progress: they are downloaded again when it is complete. */
const most = 2

/** The file to download while an export is in progress: the first of its manifest so far that was not downloaded early; `undefined` if there is none. */
export function earlyFileOf(
  { intent, export: it }: { readonly intent: ExportIntent; readonly export: Export },
  manifest: Manifest | undefined,
): ListedFile | undefined {
  if (intent.upTo !== 'files' || it.state !== 'in-progress' || !manifest) return undefined
  const { earlyFiles = [] } = it
  const item = manifest.items.find((one) => !earlyFiles.some(({ url }) => url === one.url))
  return item && earlyFiles.length < most ? { item, manifest } : undefined
}
