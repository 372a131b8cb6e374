import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { checks, picks } from '../checks/index.ts'
import { renderSchema, withTables } from '../suite/documents.ts'

const vocabulary = { checks, picks }

/** Documents that are generated from the vocabulary: path from the package's root, and what must stand there. */
export const documents: readonly { readonly path: string; readonly text: (now: string) => string }[] = [
  { path: 'suites/suite.schema.json', text: () => renderSchema(vocabulary) },
  { path: 'suites/README.md', text: (now) => withTables(now, vocabulary) },
]

/** Where a document of the package is. */
export function placeOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

/** Writes every generated document that is stale. */
export function writeDocuments(): void {
  for (const { path, text } of documents) {
    const place = placeOf(path)
    writeFileSync(place, text(textAt(place)))
  }
}

/** What stands in a file; nothing if there is none. */
export function textAt(place: string): string {
  try {
    return readFileSync(place, 'utf8')
  } catch {
    // It is about to be written for the first time.
    return ''
  }
}
