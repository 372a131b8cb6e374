import type { ComparedResult, ComparedTest } from './compared-tests.ts'

/** What became of a test from one result to another. */
export type ChangeKind =
  /** It fails now and did not before. */
  | 'newly-failing'
  /** It could be judged before. */
  | 'no-longer-judged'
  | 'still-failing'
  /** It fails both times, with other findings. */
  | 'changed-evidence'
  | 'mended'
  | 'appeared'
  | 'gone'
  /** Its requests take more than twice as long, and at least five seconds more. */
  | 'slower'

/** A test that is not what it was. */
export interface TestChange {
  readonly kind: ChangeKind
  readonly before?: ComparedTest
  readonly after?: ComparedTest
  /** Whether it makes the new result worse than the old one: it decides the outcome, and did not before. */
  readonly isRegression: boolean
}

/** Two results, test by test. */
export interface Comparison {
  readonly before: ComparedResult
  readonly after: ComparedResult
  /** Grouped by kind, in the order of `changeKinds`; within a kind in the order of the new result. */
  readonly changes: readonly TestChange[]
  /** Number of tests that are in both results and have not changed. */
  readonly unchanged: number
}

/** Kinds of change, the most important first. */
const changeKinds: readonly ChangeKind[] = [
  'newly-failing',
  'no-longer-judged',
  'changed-evidence',
  'still-failing',
  'slower',
  'appeared',
  'gone',
  'mended',
]

const slowerFactor = 2
const slowerMs = 5000

/** Compares two results by the ids of tests. */
export function compareResults(before: ComparedResult, after: ComparedResult): Comparison {
  const changes: TestChange[] = []
  let unchanged = 0
  for (const [id, test] of after.tests) {
    const change = changeOf(before.tests.get(id), test)
    if (change) changes.push(change)
    else unchanged += 1
  }
  for (const [id, test] of before.tests)
    if (!after.tests.has(id)) changes.push({ kind: 'gone', before: test, isRegression: false })
  const rank = ({ kind }: TestChange) => changeKinds.indexOf(kind)
  return { ...{ before, after, unchanged }, changes: changes.sort((a, b) => rank(a) - rank(b)) }
}

function changeOf(before: ComparedTest | undefined, after: ComparedTest): TestChange | undefined {
  if (!before) return { kind: 'appeared', after, isRegression: after.counts }
  const kind = kindOf(before, after)
  return kind && { kind, before, after, isRegression: after.counts && !before.counts }
}

function kindOf(before: ComparedTest, after: ComparedTest): ChangeKind | undefined {
  if (isFailing(after)) {
    if (!isFailing(before)) return 'newly-failing'
    return isSame(before.evidence, after.evidence) ? 'still-failing' : 'changed-evidence'
  }
  if (!isJudged(after)) return isJudged(before) ? 'no-longer-judged' : undefined
  if (isFailing(before) || before.verdict === 'inconclusive') return 'mended'
  if (before.verdict === 'not-applicable') return 'appeared'
  return isSlower(before, after) ? 'slower' : undefined
}

function isJudged({ verdict }: ComparedTest): boolean {
  return verdict !== 'inconclusive' && verdict !== 'not-applicable'
}

function isFailing({ verdict }: ComparedTest): boolean {
  return verdict === 'fail' || verdict === 'error'
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((it) => b.includes(it))
}

function isSlower({ durationMs: before }: ComparedTest, { durationMs: after }: ComparedTest): boolean {
  if (before === undefined || after === undefined) return false
  return after > before * slowerFactor && after - before >= slowerMs
}
