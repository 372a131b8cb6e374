import { releaseText } from '../tested-setting.ts'
import { findExchange } from '../../model/http/exchange.ts'
import type { Finding } from '../../model/judgement.ts'
import { outcomeOf } from '../../model/outcome.ts'
import type { Reporter, ReportOptions, RunResult, TestResult, Verdict } from '../../model/result.ts'
import { verdictCounts } from '../../model/result.ts'
import { curlCommand } from '../curl.ts'
import { truncate, visible } from '../visible-text.ts'
import { leftOutLines, leftOutText } from '../cost-text.ts'
import { clientNotes } from '../client-notes.ts'
import { fileTotalsText, fileTotals } from '../file-totals.ts'
import { selectFindings } from '../finding-selection.ts'
import {
  testsBySuite,
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
import { fileNamesOf, fileOf, locationText, verdictReasonText } from '../location.ts'
import { reasonText } from '../reason-text.ts'
import { fieldLine, indent, wrappedProse } from './fields.ts'
import { mainCauseBlocks, preflightBlocks } from './preflight.ts'
import { profilesText } from './profiles.ts'
import { settingLines } from './setting.ts'
import { coloredStyle, outcomeTones, plainStyle, type Style, type Tone } from './style.ts'

/** How a summary is written. `width` is in columns; only prose is wrapped, commands and URLs never. */
export interface TextOptions {
  readonly color: boolean
  /** Every test with its verdict, warnings and notes in full. */
  readonly verbose: boolean
  readonly width: number
}

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
      closing(page),
    ]
    return `${blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n')}\n`
  }
}

interface TextContext {
  readonly result: RunResult
  readonly options: TextOptions
  readonly style: Style
  readonly findings: ReportOptions['findings']
}

const marks: Readonly<Record<Standing, readonly [mark: string, tone: Tone]>> = {
  broken: ['✗', 'red'],
  stale: ['✗', 'red'],
  error: ['!', 'red'],
  inconclusive: ['?', 'yellow'],
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
  const longest = Math.max(0, ...all.map(([first]) => first.suite.id.length))
  return all.flatMap((tests) => {
    const [mark, tone] = marks[worst(tests, page.result)]
    const name = visible(tests[0].suite.id).padEnd(longest)
    const line = `${page.style(tone, mark)} ${name}  ${counts(tests)}`
    return page.options.verbose ? [line, ...tests.map((test) => `  ${oneLine(test, page)}`)] : [line]
  })
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
  const blocks = (wanted: Standing, word: string, tone: Tone) =>
    testsWithStanding(result, wanted).map((test) =>
      failure(test, style(tone, `${word} ${test.requirement.level}`), page),
    )
  const brief = (wanted: Standing, word: string) =>
    testsWithStanding(result, wanted).map((test) => briefFailure(test, word, page))
  return [
    ...blocks('broken', 'FAIL', 'red'),
    ...testsWithStanding(result, 'stale').map((test) => stale(test, page)),
    ...testsWithStanding(result, 'error').map((test) => harnessError(test, page)),
    ...inconclusiveReasons(result.tests).map((group) => inconclusiveTests(group, page)),
    ...(options.verbose ? blocks('warning', 'WARN', 'yellow') : brief('warning', 'WARN')),
    ...(options.verbose ? blocks('note', 'NOTE', 'dim') : brief('note', 'NOTE')),
    ...(options.verbose ? blocks('known', 'KNOWN', 'dim') : brief('known', 'KNOWN')),
    notApplicableReasons(result.tests).map(
      ({ reason, tests }) =>
        `${style('dim', `${countOf(tests.length, 'test')} did not apply:`)} ${visible(reasonText(reason, fileNamesOf(result)))}`,
    ),
  ]
}

function failure(test: TestResult, label: string, page: TextContext): readonly string[] {
  const { requirement, source } = test
  const { findings, rest } = selectFindings(test.verdict, page.findings)
  return [
    `${label}  ${visible(test.id)}  ${page.style('bold', visible(test.title))}`,
    ...(requirement.level === 'MAY' ? ['  optional, not met'] : []),
    ...findings.flatMap((finding) => {
      const seen = findExchange(page.result.exchanges, finding.where.exchange)
      const command = seen && curlCommand(seen)
      return [
        `  ${visible(truncate(finding.message, 300))}`,
        ...kindOf(finding, page.result),
        ...(command ? [`  ${'repeat'.padEnd(indent - 2)}${command}`] : []),
      ]
    }),
    ...(rest ? [`  ${rest}; --max-findings lists more`] : []),
    fieldLine('spec', requirement.url),
    ...wrappedProse(requirement.statement, page.options.width),
    ...(requirement.note ? wrappedProse(`Our reading: ${requirement.note}`, page.options.width) : []),
    ...(requirement.cites ? [fieldLine('cites', requirement.cites)] : []),
    fieldLine('test', `${source.file}:${source.line}`),
  ]
}

/** A kind of violation without its message. */
function kindOf(
  { expected, expectedInMessage, actual, where, times }: Finding,
  result: RunResult,
): readonly string[] {
  const seen = locationText(result, where)
  const again = times > 1 ? `and ${countOf(times - 1, 'more time')}` : ''
  const here = [
    fieldLine('actual', actual),
    ...(fileOf(result, where.exchange)
      ? [fieldLine('seen in', again ? `${seen} ${again}` : seen)]
      : [fieldLine('seen in', seen), ...(again ? [`${' '.repeat(indent)}${again}`] : [])]),
  ]
  return expectedInMessage ? here : [fieldLine('expected', expected), ...here]
}

function briefFailure(test: TestResult, word: string, { result, style }: TextContext): readonly string[] {
  const { verdict, requirement } = test
  const [first, ...rest] = verdict.is === 'fail' ? verdict.findings : []
  const tone = word === 'WARN' ? 'yellow' : 'dim'
  return [
    `${style(tone, `${word} ${requirement.level}`)}  ${visible(test.id)}  ${visible(test.title)}`,
    `  ${word === 'NOTE' ? 'Optional, not met: ' : ''}${visible(truncate(first?.message ?? '', 300))}`,
    ...(first
      ? [
          ...kindOf(first, result),
          ...(rest.length > 0
            ? [`${' '.repeat(indent)}and ${countOf(rest.length, 'more kind')} of violation`]
            : []),
        ]
      : []),
    fieldLine('spec', requirement.url),
  ]
}

function stale(test: TestResult, { style }: TextContext): readonly string[] {
  return [
    `${style('red', 'KNOWN FAILURE PASSES')}  ${visible(test.id)}  ${style('bold', visible(test.title))}`,
    '  The test passes, but is listed as known failing: remove it from the list.',
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
    ...tests
      .slice(0, shownHere)
      .map((test) => `  ${test.requirement.level.padEnd(indent - 2)}${visible(test.id)}`),
    ...(tests.length > shownHere ? [`  and ${tests.length - shownHere} more`] : []),
  ]
}

function closing({ result, style }: TextContext): readonly string[] {
  const { jobs, tests } = result
  const known = testsWithStanding(result, 'known').length
  const judged = fileTotals(result)
  return [
    style(outcomeTones[outcomeOf(result).kind], visible(outcomeSentence(result))),
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
