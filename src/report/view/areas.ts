import type { RunResult, TestResult } from '../../model/result.ts'
import { requirementEntries } from '../findings/requirement-entries.ts'
import { groupBy, type Standing, standing, testsBySuite, testsWithStanding } from '../standings.ts'
import type { PageContext } from './page-context.ts'

/** Columns of the matrix, the worst first: a requirement counts where the worst of its tests does. */
const columns: readonly {
  readonly label: string
  readonly tone: string
  readonly of: readonly Standing[]
}[] = [
  { label: 'Failed', tone: 'fail', of: ['broken', 'stale', 'error'] },
  { label: 'Inconclusive', tone: 'unsure', of: ['inconclusive', 'excused'] },
  { label: 'Warnings', tone: 'warn', of: ['warning', 'note', 'known'] },
  { label: 'Passed', tone: 'pass', of: ['pass'] },
  { label: 'Not applicable', tone: 'none', of: ['not-applicable'] },
]

/** Requirements by suite and by the worst that its tests show. */
export function areasView({ tests, failOn }: RunResult): object {
  return {
    columns: columns.map((it) => it.label),
    rows: testsBySuite(tests).map((group) => {
      const counts = columns.map(() => 0)
      for (const requirement of groupBy(group, (it) => it.requirement.id)) {
        const at = columnOf(requirement, failOn)
        counts[at] = (counts[at] ?? 0) + 1
      }
      return {
        title: group[0].suite.title,
        anchor: suiteAnchor(group[0]),
        cells: counts.map((number, at) => ({ number, tone: number === 0 ? 'none' : columns[at]?.tone })),
      }
    }),
  }
}

function columnOf(tests: readonly TestResult[], failOn: RunResult['failOn']): number {
  const standings = new Set(tests.map((it) => standing(it, failOn)))
  return columns.findIndex(({ of }) => of.some((it) => standings.has(it)))
}

/** The anchor of a suite on the page. */
export function suiteAnchor({ suite }: TestResult): string {
  return `suite-${suite.id.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`
}

/** The titles of the broken requirements, each a link to its card. */
export function brokenView({ result, anchors }: PageContext): readonly object[] {
  return requirementEntries(testsWithStanding(result, 'broken')).map(({ title, requirement, rows }) => {
    const first = rows[0]?.tests[0]?.[0]
    return { title, level: requirement.level, anchor: first && anchors.get(first) }
  })
}
