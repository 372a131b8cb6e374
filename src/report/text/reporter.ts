import { releaseText } from '../tested-setting.ts'
import { outcomeOf } from '../../model/outcome.ts'
import type { Reporter, RunResult, TestResult, Verdict } from '../../model/result.ts'
import { verdictCounts } from '../../model/result.ts'
import { truncate, visible } from '../visible-text.ts'
import { leftOutLines, leftOutText } from '../cost-text.ts'
import { clientNotes } from '../client-notes.ts'
import { fileTotalsText, fileTotals } from '../file-totals.ts'
import {
  testsBySuite,
  excusedReasons,
  inconclusiveReasons,
  countOf,
  formatMilliseconds,
  joinFirst,
  formatNumber,
  notApplicableReasons,
  type ReasonGroup,
  type Standing,
  standing,
  testsWithStanding,
} from '../standings.ts'
import { decidingLevels, outcomeSentence } from '../headline.ts'
import { listedText } from '../findings/listed-text.ts'
import { fileNamesOf, verdictReasonText } from '../location.ts'
import { reasonText } from '../reason-text.ts'
import { requirementEntries } from '../findings/requirement-entries.ts'
import { entryInBrief, entryInFull, listedLines } from './entries.ts'
import type { TextContext, TextOptions } from './text-context.ts'
import { fieldLine, indent } from './fields.ts'
import { mainCauseBlocks, preflightBlocks } from './preflight.ts'
import { profilesText } from './profiles.ts'
import { settingLines } from './setting.ts'
import { uncheckedCodesLines } from './unchecked-codes.ts'
import { coloredStyle, outcomeTones, plainStyle, type Tone } from './style.ts'

/** A reporter for terminals and logs: one field per line, encoded so that no text of a server can act on the terminal. */
export function textReporter(options: TextOptions): Reporter {
  const style = options.color ? coloredStyle : plainStyle
  return (result, { findings } = {}) => {
    const page: TextContext = { result, options, style, findings }
    const profiles = profilesText(result, { verbose: options.verbose, style })
    const blocks = [
      header(page),
      ...preflightBlocks(result.preflight ?? [], { style, width: options.width }),
      ...mainCauseBlocks(result, { style, width: options.width }),
      types(page),
      suites(page),
      ...details(page),
      leftOut(page),
      ...profiles,
      uncheckedCodesLines(result, { verbose: options.verbose }),
      closing(page),
    ]
    return `${blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n')}\n`
  }
}

const marks: Readonly<Record<Standing, readonly [mark: string, tone: Tone]>> = {
  broken: ['✗', 'red'],
  stale: ['✗', 'red'],
  error: ['!', 'red'],
  inconclusive: ['?', 'yellow'],
  excused: ['?', 'dim'],
  warning: ['!', 'yellow'],
  note: ['·', 'dim'],
  known: ['·', 'dim'],
  'not-applicable': ['-', 'dim'],
  pass: ['✓', 'green'],
}

function header({ result, style, options }: TextContext): readonly string[] {
  const { target, harness, startedAt, durationMs, failOn, complete, warnings } = result
  return [
    `${style('bold', visible(target.name))}${target.fhirUrl ? `  ${visible(target.fhirUrl)}` : ''}`,
    `${visible(releaseText(target))}; a broken ${decidingLevels(failOn)} requirement fails the run; ${visible(harness)}`,
    `started ${visible(startedAt)}, took ${formatMilliseconds(durationMs)}`,
    ...settingLines(result, options.verbose),
    ...(complete ? [] : [style('red', 'INCOMPLETE  The run was interrupted: these are the results so far.')]),
    ...warnings.map((it) => style('yellow', `WARNING  ${visible(it)}`)),
  ]
}

/** What the files hold, by type, for a result of files only. */
function types({ result }: TextContext): readonly string[] {
  const all = fileTotals(result)
  if (!all || result.exchanges.length > 0) return []
  const width = Math.max(9, ...all.types.map(({ number }) => formatNumber(number).length))
  const empty = (result.files ?? []).filter((it) => it.lines === 0)
  return [
    ...all.types.map(({ type, number }) => `${formatNumber(number).padStart(width)}  ${type}`),
    ...(empty.length > 0
      ? [
          `${joinFirst(empty.map((it) => visible(it.name ?? '')))} ${empty.length === 1 ? 'has' : 'have'} no lines`,
        ]
      : []),
  ]
}

function suites(page: TextContext): readonly string[] {
  const all = testsBySuite(page.result.tests)
  const applies = (tests: readonly TestResult[]) => tests.some((it) => it.verdict.is !== 'not-applicable')
  const shown = page.options.verbose ? all : all.filter(applies)
  const others = all.filter((it) => !shown.includes(it)).map(([first]) => visible(first.suite.id))
  const longest = Math.max(0, ...shown.map(([first]) => first.suite.id.length))
  const lines = shown.flatMap((tests) => {
    const [mark, tone] = marks[worst(tests, page.result)]
    const name = visible(tests[0].suite.id).padEnd(longest)
    const line = `${page.style(tone, mark)} ${name}  ${counts(tests)}`
    return page.options.verbose ? [line, ...tests.map((test) => `  ${oneLine(test, page)}`)] : [line]
  })
  const [mark, tone] = marks['not-applicable']
  return others.length === 0
    ? lines
    : [...lines, `${page.style(tone, mark)} not applicable: ${others.join(', ')}`]
}

/** What was not selected for want of exports; every test with `verbose`. */
function leftOut({ result, options, style }: TextContext): readonly string[] {
  const left = result.scope.selection?.leftOut
  if (!left) return []
  const lines = options.verbose ? leftOutLines(left) : []
  return [`${style('yellow', 'LEFT OUT')}  ${leftOutText(left)}`, ...lines.map(visible)]
}

function worst(tests: readonly TestResult[], result: RunResult): Standing {
  const order = Object.keys(marks) as Standing[]
  const found = tests.map((test) => order.indexOf(standing(test, result.failOn)))
  // A suite without applicable tests does not pass, and a suite with a pass does apply.
  return (
    order[Math.min(...found.map((it) => (order[it] === 'not-applicable' ? order.length : it)))] ??
    'not-applicable'
  )
}

function oneLine(test: TestResult, { result, style }: TextContext): string {
  const [mark, tone] = marks[standing(test, result.failOn)]
  const { verdict } = test
  const because = verdictReasonText(verdict, result)
  const reason = because === undefined ? '' : ` (${visible(because)})`
  return `${style(tone, mark)} ${visible(test.id)}  ${visible(test.title)}${style('dim', reason)}`
}

const verdictWords: Readonly<Record<Verdict['is'], string>> = {
  pass: 'passed',
  fail: 'failed',
  inconclusive: 'inconclusive',
  'not-applicable': 'not applicable',
  error: 'errors',
}

function counts(tests: readonly TestResult[]): string {
  return Object.entries(verdictCounts(tests))
    .filter(([, number]) => number > 0)
    .map(([verdict, number]) =>
      verdict === 'error' ? countOf(number, 'error') : `${number} ${verdictWords[verdict as Verdict['is']]}`,
    )
    .join(', ')
}

function details(page: TextContext): readonly (readonly string[])[] {
  const { result, options, style } = page
  const blocks = (wanted: Standing, word: string, tone: Tone, show = entryInFull) =>
    requirementEntries(testsWithStanding(result, wanted), page.findings).map((it) =>
      show(it, style(tone, `${word} ${it.requirement.level}`), page),
    )
  const show = options.verbose ? entryInFull : entryInBrief
  return [
    ...blocks('broken', 'FAIL', 'red'),
    ...testsWithStanding(result, 'stale').map((test) => stale(test, page)),
    ...testsWithStanding(result, 'error').map((test) => harnessError(test, page)),
    ...inconclusiveReasons(result.tests).map((group) => inconclusiveTests(group, page)),
    ...blocks('warning', 'WARN', 'yellow', show),
    ...blocks('note', 'NOTE', 'dim', show),
    ...blocks('known', 'KNOWN', 'dim', show),
    ...excusedReasons(result.tests).map((group) => excusedTests(group, page)),
    notApplicable(page),
  ]
}

/** Reasons are many and change nothing; `verbose` lists them. */
function notApplicable({ result, options, style }: TextContext): readonly string[] {
  const reasons = notApplicableReasons(result.tests)
  const number = reasons.reduce((total, { tests }) => total + tests.length, 0)
  if (number === 0) return []
  if (!options.verbose)
    return [`${style('dim', `${countOf(number, 'test')} did not apply;`)} --verbose gives the reasons`]
  return reasons.map(
    ({ reason, tests }) =>
      `${style('dim', `${countOf(tests.length, 'test')} did not apply:`)} ${visible(reasonText(reason, fileNamesOf(result)))}`,
  )
}

function stale(test: TestResult, { style }: TextContext): readonly string[] {
  return [
    `${style('red', 'KNOWN FAILURE PASSES')}  ${visible(test.id)}  ${style('bold', visible(test.title))}`,
    '  The test passes, but is listed as known failing: remove it from the list.',
    ...listedLines(test.listed ? [listedText(test.listed)] : []),
    fieldLine('test', `${test.source.file}:${test.source.line}`),
  ]
}

function harnessError(test: TestResult, { style }: TextContext): readonly string[] {
  const { verdict } = test
  const stack = verdict.is === 'error' ? (verdict.error.stack?.split('\n') ?? []) : []
  return [
    `${style('red', 'ERROR')}  ${visible(test.id)}  ${style('bold', visible(test.title))}`,
    `  bulkcheck itself failed: ${visible(verdict.is === 'error' ? truncate(verdict.error.message, 300) : '')}`,
    ...stack.slice(0, 8).map((frame) => `    ${visible(frame.trim())}`),
    fieldLine('test', `${test.source.file}:${test.source.line}`),
  ]
}

function inconclusiveTests({ reason, tests }: ReasonGroup, page: TextContext): readonly string[] {
  const because = reasonText(reason, fileNamesOf(page.result))
  const shownHere = page.options.verbose ? tests.length : 8
  return [
    `${page.style('yellow', `${countOf(tests.length, 'test')} could not be judged:`)} ${visible(truncate(because, 300))}`,
    ...tests.slice(0, shownHere).flatMap(unjudgedLines),
    ...(tests.length > shownHere ? [`  and ${tests.length - shownHere} more`] : []),
  ]
}

/** All of them, however many: what a result excuses is never only counted. */
function excusedTests({ reason, tests }: ReasonGroup, page: TextContext): readonly string[] {
  const because = reasonText(reason, fileNamesOf(page.result))
  return [
    `${page.style('dim', `${countOf(tests.length, 'test')} listed as known failing could not be judged:`)} ${visible(truncate(because, 300))}`,
    ...tests.flatMap(unjudgedLines),
  ]
}

function unjudgedLines({ id, requirement, listed }: TestResult): readonly string[] {
  return [
    `  ${requirement.level.padEnd(indent - 2)}${visible(id)}`,
    ...(listed ? [fieldLine('', listedText(listed))] : []),
  ]
}

const mostTitles = 10

/** The broken requirements by title, where they are seen first: next to the outcome. */
function brokenTitles({ result, style }: TextContext): readonly string[] {
  const entries = requirementEntries(testsWithStanding(result, 'broken'))
  const [mark, tone] = marks.broken
  return [
    ...entries
      .slice(0, mostTitles)
      .map(
        (it) => `  ${style(tone, mark)} ${visible(it.title)}  ${style('dim', visible(it.requirement.id))}`,
      ),
    ...(entries.length > mostTitles ? [`  and ${entries.length - mostTitles} more`] : []),
  ]
}

function closing(page: TextContext): readonly string[] {
  const { result, style } = page
  const { jobs, tests } = result
  const known = testsWithStanding(result, 'known').length
  const judged = fileTotals(result)
  return [
    style(outcomeTones[outcomeOf(result).kind], visible(outcomeSentence(result))),
    ...brokenTitles(page),
    `${countOf(tests.length, 'test')}: ${counts(tests) || 'none'}${known > 0 ? ` (${countOf(known, 'known failure')} among them)` : ''}`,
    ...(judged ? [fileTotalsText(judged)] : []),
    ...(result.exchanges.length > 0 ? [`jobs started ${jobs.started}, deleted ${jobs.deleted}`] : []),
    ...(jobs.perhapsLeft.length > 0
      ? [
          style(
            'yellow',
            `jobs that may be left on the server: ${joinFirst(jobs.perhapsLeft.map((it) => visible(truncate(it, 200))))}`,
          ),
        ]
      : []),
    ...clientNotes(result).map(({ name, value }) => style('yellow', visible(`${name}: ${value}`))),
  ]
}
