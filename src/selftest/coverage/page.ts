import { type CoverageTotal, coverageTotals, type RequirementCoverage } from './coverage.ts'
import { requirementLevels, type SupportedRelease, supportedReleases } from '../../model/requirement.ts'
import { infernoText } from './text.ts'
import { markdownTable } from '../../suite/vocabulary-docs.ts'

/** The page docs/coverage.md. */
export function coveragePage(rows: readonly RequirementCoverage[]): string {
  const subjects = [...new Set(rows.map((it) => subjectOf(it.id)))]
  const parts = subjects.flatMap((subject) => [
    `## ${subject}`,
    markdownTable(
      ['Requirement', 'Level', 'Releases', 'Tests', 'Faults', "Inferno's test kits"],
      rows.filter((it) => subjectOf(it.id) === subject).map(cells),
    ),
  ])
  return `${[
    '# What is tested',
    'Each requirement with its tests, and the faults of the reference provider that make them fail, or the reason why no test proves it.\n' +
      'The kill matrix (`bulkcheck selftest`) shows that the faults do so. The last column names tests of Inferno (bulk data, SMART App Launch and\n' +
      '(g)(10) test kits, in July 2025), which test releases 1.0.1 and 2.0.0. `bulkcheck list --requirements --json` has the same data, release by\n' +
      'release. `npm run documents` writes this page.',
    totalsTable(coverageTotals(rows, supportedReleases, requirementLevels)),
    ...parts,
  ].join('\n\n')}\n`
}

function totalsTable(totals: readonly CoverageTotal[]): string {
  return markdownTable(
    ['Release', 'Level', 'Requirements', 'Tested', 'Untested, with a reason', 'Asserted by Inferno'],
    totals.map((it) => [
      ...[it.release, it.level],
      ...[it.requirements, it.tested, it.untested, it.inferno].map(String),
    ]),
  )
}

/** The beginning of the ids of related requirements. */
function subjectOf(id: string): string {
  const [first = '', second = ''] = id.split('.')
  return first === 'export' || first === 'auth' ? `${first}.${second}` : first
}

function cells(row: RequirementCoverage): readonly string[] {
  const held = supportedReleases.filter((it) => row.releases[it])
  const latest = row.releases[held.at(-1) ?? '2.0.0']
  const tests = [...new Set(held.flatMap((it) => row.releases[it]?.tests ?? []))]
  const faults = [...new Set(held.flatMap((it) => row.releases[it]?.faults ?? []))]
  return [
    `[\`${row.id}\`](${latest?.at ?? ''}): ${row.statement}`,
    row.level,
    range(held),
    row.untested === undefined ? tests.map(code).join(', ') : `*untested:* ${row.untested}`,
    faults
      .map((fault) => {
        const shown = held.filter((it) => row.releases[it]?.faults.includes(fault))
        return shown.length === held.length ? code(fault) : `${code(fault)} (${range(shown)})`
      })
      .join(', '),
    infernoText(row),
  ]
}

const code = (it: string) => `\`${it}\``

function range(releases: readonly SupportedRelease[]): string {
  if (releases.length === supportedReleases.length) return 'all'
  const [first = '', last = ''] = [releases[0], releases.at(-1)]
  if (first === last) return first
  return last === supportedReleases.at(-1) ? `since ${first}` : `${first} to ${last}`
}
