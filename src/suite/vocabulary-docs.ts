import { type EvidencePart, evidenceParts } from '../model/parts.ts'
import { suiteSchema } from './schema.ts'
import type { Vocabulary } from './vocabulary.ts'

/** The text of `suites/suite.schema.json`. */
export function renderSchema(vocabulary: Vocabulary): string {
  return `${JSON.stringify(suiteSchema(vocabulary), undefined, 2)}\n`
}

/** The tables of checks and picks between their markers, as Markdown. */
export function renderTables(vocabulary: Vocabulary): string {
  return [
    betweenMarkers('checks', checksTable(vocabulary)),
    betweenMarkers('picks', picksTable(vocabulary)),
  ].join('\n\n')
}

/** A page with the tables of parts, checks and picks between its markers brought up to date. */
export function updateTables(page: string, vocabulary: Vocabulary): string {
  return fillMarkers(page, {
    parts: partsTable(),
    checks: checksTable(vocabulary),
    picks: picksTable(vocabulary),
  })
}

/** A page with what stands between `<!-- name -->` and `<!-- /name -->` replaced, by name. */
export function fillMarkers(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce(
    (text, [name, table]) =>
      text.replace(new RegExp(`<!-- ${name} -->[^]*?<!-- /${name} -->`), () => betweenMarkers(name, table)),
    page,
  )
}

function betweenMarkers(name: string, table: string): string {
  return `<!-- ${name} -->\n${table}\n<!-- /${name} -->`
}

const judgedEvidence = { exchange: 'each exchange', lines: 'lines', index: 'index' } as const

function partsTable(): string {
  return markdownTable(
    ['Part', 'Of', 'Checks judge', 'Is'],
    Object.entries<EvidencePart>(evidenceParts).map(([name, it]) => [
      `\`${name}\``,
      it.of.map((kind) => `\`${kind}s\``).join(', '),
      judgedEvidence[it.reads],
      it.is,
    ]),
  )
}

function checksTable({ checks }: Vocabulary): string {
  return markdownTable(
    ['Check', 'Judges', 'Is satisfied if'],
    checks.map((it) => [`\`${it.name}\``, judgedEvidence[it.reads], it.states]),
  )
}

function picksTable({ picks }: Vocabulary): string {
  return markdownTable(
    ['Pick', 'Needs', 'Finds'],
    picks.map((it) => [`\`${it.name}\``, it.needs === 'kickoff' ? 'kick-off' : it.needs, it.states]),
  )
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((it) => it.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
