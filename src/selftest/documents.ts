import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { checks, picks } from '../checks/index.ts'
import { structureRules } from '../model/structure.ts'
import { r4Model } from '../r4/load.ts'
import { judgedInvariants, notJudged } from '../structure/invariants/index.ts'
import { filled, renderSchema, tableOf, withTables } from '../suite/documents.ts'

const vocabulary = { checks, picks }

/** Documents that are generated from the vocabulary: path from the package's root, and what must stand there. */
export const documents: readonly { readonly path: string; readonly text: (now: string) => string }[] = [
  { path: 'suites/suite.schema.json', text: () => renderSchema(vocabulary) },
  { path: 'suites/README.md', text: (now) => withTables(now, vocabulary) },
  { path: 'docs/structure.md', text: (now) => filled(now, ofStructure()) },
]

function ofStructure() {
  const open = new Set<string>()
  for (const { elements } of Object.values(r4Model().types))
    for (const { valueSet, codes } of elements) if (valueSet && codes === undefined) open.add(valueSet)
  return {
    rules: tableOf(
      ['Rule', 'Is broken unless'],
      Object.entries(structureRules).map(([rule, says]) => [`\`${rule}\``, says]),
    ),
    invariants: `${judgedInvariants.size} are judged. Not judged are:\n\n${notJudged
      .map(({ because, keys }) => `- ${keys.map((it) => `\`${it}\``).join(', ')}: ${because}`)
      .join('\n')}`,
    'value sets': [...open]
      .sort()
      .map((it) => `- <${it}>`)
      .join('\n'),
  }
}

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
