import { type Outcome, outcomeOf } from '../../model/outcome.ts'
import type { ReportOptions, RunResult, TestResult } from '../../model/result.ts'
import { requirementCards, proseParts } from './cards.ts'
import { truncate } from '../visible-text.ts'
import { exchangesView } from './exchanges.ts'
import { areasView, brokenView, suiteAnchor } from './areas.ts'
import { filesView } from './files.ts'
import { clientNotes } from '../client-notes.ts'
import { fileTotalsText, fileTotals } from '../file-totals.ts'
import { selectExchanges } from './exchange-selection.ts'
import {
  testsBySuite,
  excusedReasons,
  inconclusiveReasons,
  countOf,
  formatMilliseconds,
  joinFirst,
  formatNumber,
  groupBy,
  type Standing,
  standing,
  testsWithStanding,
} from '../standings.ts'
import { decidingLevels, outcomeSentence } from '../headline.ts'
import { diagnosticsStamp, releaseText, settingFacts } from '../tested-setting.ts'
import { webUrl } from '../../model/http/url.ts'
import { causeView } from './causes.ts'
import { mainCauseText } from '../main-cause-text.ts'
import { verdictReasonText } from '../location.ts'
import { preflightText } from '../preflight-text.ts'
import { profilesView } from './profiles.ts'
import { uncheckedCodesView } from './unchecked-codes.ts'
import { splitTestId } from '../../model/plan.ts'
import { testAnchors, type PageContext } from './page-context.ts'

/** What the HTML template is filled with: texts and numbers only, not escaped yet. */
export function resultView(
  result: RunResult,
  { findings, allExchanges = false }: ReportOptions = {},
): object {
  const kept = selectExchanges(result, allExchanges)
  const shown: PageContext = { result, kept, anchors: testAnchors(result.tests), findings }
  const { target, complete, warnings, harness, run } = result
  return {
    headline: outcomeSentence(result),
    tone: outcomeTones[outcomeOf(result).kind],
    start: testsWithStanding(result, 'broken').length > 0 ? 'failures' : 'requirements',
    ...{ target, complete },
    stamp: diagnosticsStamp(result),
    warnings,
    preflight: result.preflight?.map(preflightText),
    cause: mainCauseText(result),
    harness,
    run,
    suites256: result.suites.sha256,
    ...figuresView(result),
    broken: brokenView(shown),
    areas: areasView(result),
    facts: factsView(result),
    leftOut: result.scope.selection?.leftOut,
    failures: sectionViews(shown, failureSections),
    remarks: sectionViews(shown, remarkSections),
    inconclusive: countOf(testsWithStanding(result, 'inconclusive').length, 'test'),
    causes: inconclusiveReasons(result.tests).map((it) => causeView(it, shown)),
    excused: countOf(testsWithStanding(result, 'excused').length, 'test'),
    excusedCauses: excusedReasons(result.tests).map((it) => causeView(it, shown)),
    requirements: new Set(result.tests.map((test) => test.requirement.id)).size,
    verdicts: Object.entries(filterLabels).map(([is, label]) => ({ is, label })),
    suites: testsBySuite(result.tests).map((tests) => suiteView(tests, shown)),
    ...profilesView(result),
    ...uncheckedCodesView(result),
    ...filesView(result),
    ...(result.exchanges.length > 0 ? exchangesView(shown, allExchanges) : {}),
  }
}

const outcomeTones: Readonly<Record<Outcome['kind'], 'good' | 'unsure' | 'bad'>> = {
  conformant: 'good',
  'files-conform': 'good',
  selection: 'unsure',
  'not-everything-shown': 'unsure',
  interrupted: 'unsure',
  broken: 'bad',
  'harness-error': 'bad',
}

/** What the filter of the table offers; `fail` covers all that fails the run. */
const filterLabels = {
  fail: 'failed',
  inconclusive: 'inconclusive',
  excused: 'inconclusive, listed as known failing',
  warning: 'warning',
  note: 'optional, not met',
  known: 'known failure',
  pass: 'passed',
  'not-applicable': 'not applicable',
} as const

function filterWord(its: Standing): keyof typeof filterLabels {
  return its === 'broken' || its === 'stale' || its === 'error' ? 'fail' : its
}

const tones: Readonly<Record<Standing, 'pass' | 'fail' | 'unsure' | 'warn' | 'none'>> = {
  broken: 'fail',
  stale: 'fail',
  error: 'fail',
  inconclusive: 'unsure',
  excused: 'unsure',
  warning: 'warn',
  note: 'none',
  known: 'none',
  'not-applicable': 'none',
  pass: 'pass',
}

const labels: Readonly<Record<Standing, readonly [mark: string, cell: string, one: string, many: string]>> = {
  broken: ['✗', 'failed', 'failed', 'failed'],
  stale: ['✗', 'passed, but listed as failing', 'known failure that passes', 'known failures that pass'],
  error: ['✗', 'bulkcheck error', 'bulkcheck error', 'bulkcheck errors'],
  inconclusive: ['?', 'inconclusive', 'inconclusive', 'inconclusive'],
  excused: ['?', 'inconclusive, listed as failing', 'inconclusive, excused', 'inconclusive, excused'],
  warning: ['!', 'failed', 'warning', 'warnings'],
  note: ['○', 'optional, not met', 'optional, not met', 'optional, not met'],
  known: ['○', 'known failure', 'known failure', 'known failures'],
  'not-applicable': ['–', 'not applicable', 'not applicable', 'not applicable'],
  pass: ['✓', 'passed', 'passed', 'passed'],
}

const alwaysShown: readonly Standing[] = ['broken', 'inconclusive', 'pass']

function figuresView({ tests, failOn }: RunResult): object {
  const numbers = (Object.keys(tones) as Standing[]).map((it) => ({
    it,
    number: tests.filter((test) => standing(test, failOn) === it).length,
  }))
  const widths = new Map<string, number>()
  for (const { it, number } of numbers) {
    const tone = tones[it] === 'warn' ? 'unsure' : tones[it]
    widths.set(tone, (widths.get(tone) ?? 0) + (number / Math.max(1, tests.length)) * 1000)
  }
  let x = 0
  const segments = ['fail', 'unsure', 'pass', 'none'].map((tone) => {
    const width = widths.get(tone) ?? 0
    const segment = { tone, x: x.toFixed(1), width: width.toFixed(1) }
    x += width
    return segment
  })
  return {
    tiles: numbers
      .filter(({ it, number }) => number > 0 || alwaysShown.includes(it))
      .map(({ it, number }) => ({
        tone: number === 0 ? 'none' : tones[it] === 'warn' ? 'unsure' : tones[it],
        number,
        label: labels[it][number === 1 ? 2 : 3],
      })),
    segments,
  }
}

function factsView(result: RunResult): readonly object[] {
  const { target, startedAt, durationMs, failOn, jobs, harness, exchanges: all } = result
  const judged = fileTotals(result)
  return [
    { name: 'Tested against', value: releaseText(target) },
    { name: 'Started', value: startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC') },
    { name: 'Took', value: formatMilliseconds(durationMs) },
    { name: 'Fails the run', value: `a broken ${decidingLevels(failOn)} requirement` },
    ...settingFacts(result),
    ...(judged ? [{ name: 'Judged', value: fileTotalsText(judged) }] : []),
    ...(all.length > 0 ? [{ name: 'Jobs', value: `${jobs.started} started, ${jobs.deleted} deleted` }] : []),
    ...(jobs.perhapsLeft.length > 0
      ? [{ name: 'Jobs that may be left on the server', value: joinFirst(jobs.perhapsLeft) }]
      : []),
    ...clientNotes(result),
    ...(all.length > 0 ? [{ name: 'Exchanges', value: formatNumber(all.length) }] : []),
    { name: 'Harness', value: harness },
  ]
}

interface SectionText {
  readonly standing: Standing
  readonly anchor: string
  readonly title: string
  readonly lead: string
}

const failureSections: readonly SectionText[] = [
  {
    standing: 'broken',
    anchor: 'failures',
    title: 'Failures',
    lead: 'Broken requirements that decide the outcome.',
  },
  {
    standing: 'stale',
    anchor: 'stale',
    title: 'Known failures that pass',
    lead: 'These tests are listed as known failing, but pass: remove them from the list.',
  },
  {
    standing: 'error',
    anchor: 'errors',
    title: 'Errors in bulkcheck',
    lead: 'bulkcheck itself failed on these tests. This says nothing about the server; please report this bug.',
  },
]

const remarkSections: readonly SectionText[] = [
  {
    standing: 'warning',
    anchor: 'warnings',
    title: 'Warnings',
    lead: 'Recommendations that the server does not follow. They do not change the outcome.',
  },
  {
    standing: 'note',
    anchor: 'notes',
    title: 'Optional, not met',
    lead: 'Optional requirements that the server does not meet. They do not change the outcome.',
  },
  {
    standing: 'known',
    anchor: 'known',
    title: 'Known failures',
    lead: 'These tests fail, and are listed as known failing.',
  },
]

function sectionViews(shown: PageContext, texts: readonly SectionText[]): readonly object[] {
  return texts.flatMap((text) => {
    const tests = testsWithStanding(shown.result, text.standing)
    if (tests.length === 0) return []
    const cards = requirementCards(tests, shown)
    return [{ ...text, tone: tones[text.standing], count: countOf(cards.length, 'requirement'), cards }]
  })
}

function suiteView(tests: readonly [TestResult, ...TestResult[]], shown: PageContext): object {
  const { failOn } = shown.result
  const found = groupBy(tests, (test) => standing(test, failOn))
  return {
    title: tests[0].suite.title,
    anchor: suiteAnchor(tests[0]),
    tally: (Object.keys(tones) as Standing[]).flatMap((it) => {
      const size = found.find(([first]) => standing(first, failOn) === it)?.length ?? 0
      return size > 0 ? [{ tone: tones[it], text: `${size} ${labels[it][size === 1 ? 2 : 3]}` }] : []
    }),
    rows: groupBy(tests, (test) => splitTestId(test.id).row).map((row) => requirementRowView(row, shown)),
  }
}

function requirementRowView(tests: readonly [TestResult, ...TestResult[]], shown: PageContext): object {
  const [{ title, requirement, source }] = tests
  return {
    title,
    requirement: requirement.id,
    statement: proseParts(requirement.statement),
    level: requirement.level,
    url: webUrl(requirement.url),
    source: `${source.file}:${source.line}`,
    verdicts: [...new Set(tests.map((test) => filterWord(standing(test, shown.result.failOn))))].join(' '),
    cells: tests.map((test) => cellView(test, shown)),
  }
}

const mostLinks = 6

function cellView(test: TestResult, { result, kept, anchors }: PageContext): object {
  const { verdict, exchanges: numbers, id } = test
  const its = standing(test, result.failOn)
  const [mark, word] = labels[its]
  const linkable = its !== 'pass' && its !== 'not-applicable'
  const because = verdictReasonText(verdict, result)
  const seen = numbers.filter((number) => kept.has(number)).slice(0, mostLinks)
  return {
    tone: tones[its],
    mark,
    word,
    at: splitTestId(id).level,
    ...(linkable ? { href: `#${anchors.get(test)}` } : {}),
    ...(because ? { reason: truncate(because, 300) } : {}),
    seen: seen.map((number, index) => ({
      href: `#exchange-${number}`,
      name: index === 0 ? `exchange ${number}` : number,
    })),
  }
}
