import { atLeast, type Level, requirementLevels } from '../model/requirement.ts'
import { countInconclusive, outcomeOf } from '../model/outcome.ts'
import { type Reason, reasonKey } from '../model/reason.ts'
import type { RunResult, TestResult } from '../model/result.ts'
import { visible } from './escape.ts'
import { preflightClause } from './preflight-text.ts'
import { countUncheckedRules } from './profile-overview.ts'

/** What a test means for the run: its verdict read with its level, the run's bar and the list of known failures. */
export type Standing =
  | 'broken'
  | 'stale'
  | 'error'
  | 'inconclusive'
  | 'warning'
  | 'note'
  | 'known'
  | 'not-applicable'
  | 'pass'

/** The standing of one test under a bar. */
export function standing(test: TestResult, failOn: Level): Standing {
  const { verdict, requirement, knownFailing } = test
  if (verdict.is === 'pass') return knownFailing ? 'stale' : 'pass'
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

/** The tests of each suite, in the order of the run. */
export function testsBySuite(
  tests: readonly TestResult[],
): readonly (readonly [TestResult, ...TestResult[]])[] {
  return groupBy(tests, (test) => test.suite.id)
}

/** Inconclusive tests by what they have in common, the largest group first. */
export function inconclusiveReasons(tests: readonly TestResult[]): readonly ReasonGroup[] {
  return reasons(tests.filter((test) => test.verdict.is === 'inconclusive'))
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

/** The outcome of a run in one sentence or two with full stops; only a run of exit code 0 is called conformant. */
export function outcomeSentence(result: RunResult): string {
  const outcome = outcomeOf(result)
  const count = (it: Standing) => testsWithStanding(result, it).length
  switch (outcome.kind) {
    case 'broken':
      return `Not conformant: ${violations(result)}${result.complete ? '' : ', and the run was interrupted'}.`
    case 'harness-error':
      return `Not valid: bulkcheck itself failed on ${countOf(count('error'), 'test')}.`
    case 'interrupted':
      return 'Inconclusive: the run was interrupted; no requirement is broken so far.'
    case 'not-everything-shown':
      return notShownTexts[outcome.by](result)
    case 'selection':
      return `${formatNumber(outcome.tests)} of ${countOf(outcome.of, 'test')} selected: ${selectionText(result)}. This is not a statement about conformance.`
    case 'conformant':
    case 'files-conform':
      return conformantSentence(result)
  }
}

const notShownTexts = {
  preflight: ({ preflight: [first] = [] }: RunResult) =>
    first
      ? `Not shown: ${visible(preflightClause({ ...first, kind: 'preflight' }))}. A wrong setting can cause this.`
      : '',
  'inconclusive-tests': (result: RunResult) =>
    `Inconclusive: no requirement is broken, but ${countOf(countInconclusive(result), 'test')} could not be judged.`,
  'no-pass': ({ tests }: RunResult) => `Inconclusive: none of ${countOf(tests.length, 'test')} passed.`,
  warnings: () => 'Inconclusive: no requirement is broken, but there are warnings.',
}

function selectionText({ tests, failOn }: RunResult): string {
  if (tests.every(({ verdict }) => verdict.is === 'pass')) return 'all pass'
  if (tests.every(({ verdict }) => verdict.is === 'pass' || verdict.is === 'not-applicable'))
    return 'all applicable tests pass'
  return `no ${bar(failOn)} requirement is broken`
}

function conformantSentence(result: RunResult): string {
  const known = testsWithStanding(result, 'known').length
  if (known > 0) return `Conformant, except for ${countOf(known, 'known failure')}.`
  const unchecked = countUncheckedRules(result)
  const rest =
    unchecked === 0
      ? 'all applicable requirements were tested'
      : `all applicable requirements were tested, except for ${countOf(unchecked, 'rule')} of profiles`
  return `Conformant: no ${bar(result.failOn)} requirement is broken, and ${rest}.`
}

function violations(result: RunResult): string {
  const failed = testsWithStanding(result, 'broken')
  const stale = testsWithStanding(result, 'stale').length
  const counted = requirementLevels.flatMap((level) => {
    const ids = new Set(
      failed.filter((test) => test.requirement.level === level).map((test) => test.requirement.id),
    )
    return ids.size > 0 ? [{ level, size: ids.size }] : []
  })
  const total = counted.reduce((sum, { size }) => sum + size, 0)
  const rules = `${joinList(counted.map(({ level, size }) => `${size} ${level}`))} ${total === 1 ? 'requirement is' : 'requirements are'} broken`
  const listed = `${countOf(stale, 'test')} listed as known failing ${stale === 1 ? 'passes' : 'pass'}`
  return joinList([...(total > 0 ? [rules] : []), ...(stale > 0 ? [listed] : [])])
}

function bar(failOn: Level): string {
  return joinList(
    requirementLevels.filter((level) => atLeast(level, failOn)),
    'or',
  )
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
