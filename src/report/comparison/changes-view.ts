import { countOf, formatMilliseconds, groupBy } from '../standings.ts'
import type { ChangeKind, Comparison, TestChange } from './compare.ts'
import type { ComparedTest } from './compared-tests.ts'

/** The changes of one kind, as every format shows them. */
export interface ChangeSection {
  readonly kind: ChangeKind
  /** `Newly failing` */
  readonly title: string
  readonly count: string
  readonly tests: readonly ChangedTest[]
}

/** A test that changed, in words. */
interface ChangedTest {
  readonly id: string
  readonly title: string
  readonly level: string
  readonly isRegression: boolean
  /** `pass → fail` */
  readonly verdicts: string
  /** What was found, a sentence each; of a test that fails otherwise than before, both. */
  readonly details: readonly string[]
}

const titles: Readonly<Record<ChangeKind, string>> = {
  'newly-failing': 'Newly failing',
  'no-longer-judged': 'No longer judged',
  'changed-evidence': 'Failing in another way',
  'still-failing': 'Still failing',
  slower: 'Slower',
  appeared: 'New tests',
  gone: 'Tests that are gone',
  mended: 'Mended',
}

/** The changes of a comparison by kind. */
export function changeSections({ changes }: Comparison): readonly ChangeSection[] {
  return groupBy(changes, (it) => it.kind).map((group) => ({
    kind: group[0].kind,
    title: titles[group[0].kind],
    count: countOf(group.length, 'test'),
    tests: group.map(changedTest),
  }))
}

/** A comparison in one sentence. */
export function comparisonSentence({ changes, unchanged }: Comparison): string {
  const worse = changes.filter((it) => it.isRegression).length
  const mended = changes.filter((it) => it.kind === 'mended').length
  const lead = worse > 0 ? `Worse: ${countOf(worse, 'regression')}` : 'No regression'
  return `${lead}; ${countOf(mended, 'test')} mended, ${countOf(unchanged, 'test')} unchanged.`
}

function changedTest({ kind, before, after, isRegression }: TestChange): ChangedTest {
  const { id, title, level = '' } = (after ?? before) as ComparedTest
  return {
    ...{ id, title, level, isRegression },
    verdicts: [before, after].flatMap((it) => (it ? it.verdict.replace('-', ' ') : [])).join(' → '),
    details: detailsOf(kind, before, after),
  }
}

const mostDetails = 3

function detailsOf(
  kind: ChangeKind,
  before: ComparedTest | undefined,
  after: ComparedTest | undefined,
): readonly string[] {
  const [old, now] = [before?.evidence ?? [], after?.evidence ?? []]
  if (kind === 'slower')
    return [
      `took ${formatMilliseconds(after?.durationMs ?? 0)}, before ${formatMilliseconds(before?.durationMs ?? 0)}`,
    ]
  if (kind === 'mended' || kind === 'gone') return []
  if (kind !== 'changed-evidence') return now.slice(0, mostDetails)
  return [
    ...now.filter((it) => !old.includes(it)).map((it) => `now: ${it}`),
    ...old.filter((it) => !now.includes(it)).map((it) => `before: ${it}`),
  ].slice(0, 2 * mostDetails)
}
