import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { checks, picks } from '../checks/registry.ts'
import { differingInvariants } from '../model/fhir/differing-invariants.ts'
import { adviceRules, structureRules } from '../model/fhir/resource-problem.ts'
import { profileRules } from '../profiles/rules.ts'
import { r4Model } from '../r4/load.ts'
import { judgedInvariants, unjudgedInvariants } from '../structure/invariants/index.ts'
import { grammarValueSets } from '../structure/codes/grammars.ts'
import { fillMarkers, renderSchema, markdownTable, updateTables } from '../suite/vocabulary-docs.ts'

const vocabulary = { checks, picks }

/** Documents that are generated from the vocabulary: path from the package's root, and contents. */
export const generatedDocuments: readonly {
  readonly path: string
  readonly text: (now: string) => string
}[] = [
  { path: 'suites/suite.schema.json', text: () => renderSchema(vocabulary) },
  { path: 'suites/README.md', text: (now) => updateTables(now, vocabulary) },
  { path: 'docs/structure.md', text: (now) => fillMarkers(now, structureTables()) },
  {
    path: 'docs/profiles.md',
    text: (now) => fillMarkers(now, { 'profile rules': rulesTable(profileRules) }),
  },
]

function rulesTable(rules: Readonly<Record<string, string>>): string {
  return markdownTable(
    ['Rule', 'Is broken unless'],
    Object.entries(rules).map(([rule, says]) => [`\`${rule}\``, says]),
  )
}

function structureTables() {
  const open = new Set<string>()
  for (const { elements } of Object.values(r4Model().types))
    for (const { valueSet, codes } of elements)
      if (valueSet && codes === undefined && !grammarValueSets.includes(valueSet)) open.add(valueSet)
  return {
    rules: rulesTable(structureRules),
    advice: rulesTable(adviceRules),
    invariants: `bulkcheck judges ${judgedInvariants.size} invariants. It does not judge these:\n\n${unjudgedInvariants
      .map(({ because, keys }) => `- ${keys.map((it) => `\`${it}\``).join(', ')}: ${because}`)
      .join('\n')}`,
    'differing invariants': markdownTable(
      ['Invariant', 'On', 'Expression', 'bulkcheck follows', 'Because'],
      differingInvariants.map(({ key, on, expression, follows, because }) => [
        ...[`\`${key}\``, on],
        ...[`\`${expression}\``, `the ${follows}`, because],
      ]),
    ),
    'value sets': [...open]
      .sort()
      .map((it) => `- <${it}>`)
      .join('\n'),
  }
}

/** Where a document of the package is. */
export function documentPath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

/** Writes every generated document that is stale. */
export function writeDocuments(): void {
  for (const { path, text } of generatedDocuments) {
    const place = documentPath(path)
    writeFileSync(place, text(currentText(place)))
  }
}

/** The text of a file; empty if it does not exist. */
export function currentText(place: string): string {
  try {
    return readFileSync(place, 'utf8')
  } catch {
    // It is about to be written for the first time.
    return ''
  }
}
