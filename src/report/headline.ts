import { countExcused, countInconclusive, outcomeOf, type Outcome } from '../model/outcome.ts'
import { atLeast, type Level, requirementLevels } from '../model/requirement.ts'
import type { RunResult } from '../model/result.ts'
import { leftOutText } from './cost-text.ts'
import { visible } from './visible-text.ts'
import { preflightClause } from './preflight-text.ts'
import { countUncheckedRules } from './profile-overview.ts'
import { countOf, formatNumber, joinList, type Standing, testsWithStanding } from './standings.ts'

/**
 * The outcome of a run in a few sentences with full stops. It says no more than was tested: it names levels, a selection with its
 * patterns, and counts what was excused. Only a run of exit code 0 is called conformant.
 */
export function outcomeSentence(result: RunResult): string {
  const outcome = outcomeOf(result)
  return [
    mainSentence(outcome, result),
    ...excusedSentences(outcome, result),
    ...selectionSentence(outcome, result),
  ].join(' ')
}

function mainSentence(outcome: Outcome, result: RunResult): string {
  const count = (it: Standing) => testsWithStanding(result, it).length
  switch (outcome.kind) {
    case 'broken':
      return `Not conformant: ${violations(result)}${result.complete ? '' : ', and the run was interrupted'}.`
    case 'harness-error':
      return `This result is not valid: bulkcheck itself failed on ${countOf(count('error'), 'test')}.`
    case 'interrupted':
      return 'Inconclusive: the run was interrupted; no requirement is broken so far.'
    case 'not-everything-shown':
      return notShownTexts[outcome.by](result)
    case 'selection':
      return `${selectedTests(outcome)}: ${selectionText(result)}. This says nothing about conformance.${selectedBy(outcome)}`
    case 'conformant':
      return conformantSentence(`Conformant${atLevels(outcome.levels)}`, result)
    case 'files-conform':
      return conformantSentence('These files conform', result)
  }
}

const notShownTexts = {
  preflight: ({ preflight: [first] = [] }: RunResult) =>
    first
      ? `Not tested: ${visible(preflightClause({ ...first, kind: 'preflight' }))}. A wrong setting can cause this.`
      : '',
  'inconclusive-tests': (result: RunResult) =>
    `Inconclusive: no requirement is broken, but ${countOf(countInconclusive(result), 'test')} of ${decidingLevels(result.failOn)} requirements could not be judged.`,
  'no-pass': () => 'Inconclusive: no test passed.',
  warnings: () => 'Inconclusive: no requirement is broken, but there are warnings.',
}

function atLevels(levels: readonly string[]): string {
  return levels.length === 0 ? '' : ` at ${joinList(levels)} level${levels.length === 1 ? '' : 's'}`
}

const mostPatterns = 5

/** The patterns of a selection, the first few of many. */
export function patternList(patterns: readonly string[]): string {
  const shown = patterns.slice(0, mostPatterns).map((it) => `\`${it}\``)
  return [
    ...shown,
    ...(patterns.length > mostPatterns ? [`and ${patterns.length - mostPatterns} more`] : []),
  ].join(', ')
}

function selectionText({ tests, failOn }: RunResult): string {
  if (tests.every(({ verdict }) => verdict.is === 'pass')) return 'all pass'
  if (tests.every(({ verdict }) => verdict.is === 'pass' || verdict.is === 'not-applicable'))
    return 'all applicable tests pass'
  return `no ${decidingLevels(failOn)} requirement is broken`
}

/** Where tests are excused, the headline says for how many the claim does not hold. */
function conformantSentence(claim: string, result: RunResult): string {
  const excused = excusedTexts(result)
  if (excused.length > 0) return `${claim}, except for ${joinList(excused)}.`
  const unchecked = countUncheckedRules(result)
  const tested = `all applicable ${decidingLevels(result.failOn, 'and')} requirements were tested`
  const rest = unchecked === 0 ? tested : `${tested}, except for ${countOf(unchecked, 'rule')} of profiles`
  return `${claim}: no ${decidingLevels(result.failOn)} requirement is broken, and ${rest}.`
}

function excusedTexts(result: RunResult): readonly string[] {
  const { failures, inconclusive } = countExcused(result)
  return [
    ...(failures > 0 ? [countOf(failures, 'known failure')] : []),
    ...(inconclusive > 0 ? [`${countOf(inconclusive, 'inconclusive test')} listed as known failing`] : []),
  ]
}

function excusedSentences(outcome: Outcome, result: RunResult): readonly string[] {
  const { weaker } = countExcused(result)
  const good = outcome.kind === 'conformant' || outcome.kind === 'files-conform'
  const texts = good ? [] : excusedTexts(result)
  return [
    ...(texts.length > 0 ? [`Excused: ${joinList(texts)}.`] : []),
    ...(weaker > 0 && (good || outcome.kind === 'selection')
      ? [`${countOf(weaker, 'test')} of weaker requirements could not be judged.`]
      : []),
  ]
}

/** Whatever the outcome, a reader learns that not all tests were asked for. */
function selectionSentence(outcome: Outcome, { scope, tests }: RunResult): readonly string[] {
  if (!scope.selection || outcome.kind === 'selection') return []
  const selection = { ...scope.selection, tests: tests.length }
  return [`${selectedTests(selection)}.${selectedBy(selection)}`]
}

type Selection = NonNullable<RunResult['scope']['selection']> & { readonly tests: number }

function selectedTests({ tests, of, patterns, suites, leftOut }: Selection): string {
  const whole = suites ? `${countOf(of, 'test')} of your own suites` : countOf(of, 'test')
  return suites && patterns.length === 0 && !leftOut ? whole : `${formatNumber(tests)} of ${whole} selected`
}

function selectedBy({ patterns, suites = [], leftOut }: Selection): string {
  return [
    ...(patterns.length > 0 ? [` Patterns: ${patternList(patterns)}.`] : []),
    ...(suites.length > 0 ? [` Suites: ${patternList(suites)}.`] : []),
    ...(leftOut ? [` Left out: ${leftOutText(leftOut)}.`] : []),
  ].join('')
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
  const listed = `${countOf(stale, 'test')} ${stale === 1 ? 'passes, but is' : 'pass, but are'} listed as known failing`
  return joinList([...(total > 0 ? [rules] : []), ...(stale > 0 ? [listed] : [])])
}

/** The levels at which a broken requirement decides the outcome: "SHALL or SHOULD". */
export function decidingLevels(failOn: Level, conjunction = 'or'): string {
  return joinList(
    requirementLevels.filter((level) => atLeast(level, failOn)),
    conjunction,
  )
}
