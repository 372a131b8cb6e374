import { findExchange } from '../model/http/exchange.ts'
import { atLeast, type Level, requirementLevels } from '../model/requirement.ts'
import { type Reason, reasonKey } from '../model/reason.ts'
import type { RunResult, TestResult } from '../model/result.ts'

/** What a test means for the run: its verdict read with its level, the run's bar and the list of known failures. */
export type Standing =
  | 'broken'
  | 'stale'
  | 'error'
  | 'inconclusive'
  /** Inconclusive, and listed as known failing. */
  | 'excused'
  | 'warning'
  | 'note'
  | 'known'
  | 'not-applicable'
  | 'pass'

/** The standing of one test under a bar. */
export function standing(test: TestResult, failOn: Level): Standing {
  const { verdict, requirement, knownFailing } = test
  if (verdict.is === 'pass') return knownFailing ? 'stale' : 'pass'
  if (verdict.is === 'inconclusive' && knownFailing) return 'excused'
  if (verdict.is !== 'fail') return verdict.is
  if (knownFailing) return 'known'
  if (atLeast(requirement.level, failOn)) return 'broken'
  return requirement.level === 'MAY' ? 'note' : 'warning'
}

/** The tests of one standing, strongest level first, otherwise in the order of the run. */
export function testsWithStanding(result: RunResult, wanted: Standing): readonly TestResult[] {
  return result.tests
    .filter((test) => standing(test, result.failOn) === wanted)
    .sort(
      (a, b) =>
        requirementLevels.indexOf(a.requirement.level) - requirementLevels.indexOf(b.requirement.level),
    )
}

/** How long the requests took that the verdict of a test rests on, in ms. */
export function requestMilliseconds(test: TestResult, { exchanges }: Pick<RunResult, 'exchanges'>): number {
  const times = test.exchanges.map((it) => findExchange(exchanges, it)?.durationMs ?? 0)
  return times.reduce((total, it) => total + it, 0)
}

/** The tests of each suite, in the order of the run. */
export function testsBySuite(
  tests: readonly TestResult[],
): readonly (readonly [TestResult, ...TestResult[]])[] {
  return groupBy(tests, (test) => test.suite.id)
}

/** Inconclusive tests by what they have in common, the largest group first; without those that are listed as known failing. */
export function inconclusiveReasons(tests: readonly TestResult[]): readonly ReasonGroup[] {
  return reasons(tests.filter((test) => test.verdict.is === 'inconclusive' && !test.knownFailing))
}

/** Inconclusive tests that are listed as known failing, by what they have in common, the largest group first. */
export function excusedReasons(tests: readonly TestResult[]): readonly ReasonGroup[] {
  return reasons(tests.filter((test) => test.verdict.is === 'inconclusive' && test.knownFailing))
}

/** Tests that do not apply by reason, the largest group first. */
export function notApplicableReasons(tests: readonly TestResult[]): readonly ReasonGroup[] {
  return reasons(tests.filter((test) => test.verdict.is === 'not-applicable'))
}

/** A reason and the tests that share it. */
export interface ReasonGroup {
  readonly reason: Reason
  readonly tests: readonly TestResult[]
}

/** `a, b and c`. */
export function joinList(items: readonly string[], conjunction = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`
}

/** The first three, and how many more there are. */
export function joinFirst(items: readonly string[]): string {
  return items.length <= 3 ? joinList(items) : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`
}

/** `1 test`, `12 tests`, `1,200 tests`. */
export function countOf(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`
}

/** A whole number for people: `1,200`. Intl takes longer to load than a small report to write. */
export function formatNumber(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A duration for people: `412 ms`, `2.1 s`, `3 min 5 s`. */
export function formatMilliseconds(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function reasons(tests: readonly TestResult[]): readonly ReasonGroup[] {
  const found = tests.flatMap((test) => {
    const reason = groupedReason(test)
    return reason ? [{ test, reason }] : []
  })
  return groupBy(found, ({ reason }) => reasonKey(reason))
    .map((group) => ({ reason: group[0].reason, tests: group.map(({ test }) => test) }))
    .sort((a, b) => b.tests.length - a.tests.length)
}

function groupedReason({ verdict }: TestResult): Reason | undefined {
  if (verdict.is === 'inconclusive') return verdict.cause ?? verdict.reason
  return verdict.is === 'not-applicable' ? verdict.reason : undefined
}

/** Items with the same key together, groups in the order of their first item. */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [T, ...T[]])[] {
  const found = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const group = found.get(keyOf(item))
    if (group) group.push(item)
    else found.set(keyOf(item), [item])
  }
  return [...found.values()]
}
