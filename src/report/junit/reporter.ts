import { findExchange } from '../../model/http/exchange.ts'
import { reportFiles } from '../format-files.ts'
import { atLeast } from '../../model/requirement.ts'
import type { Reporter, ReportOptions, RunResult, TestResult } from '../../model/result.ts'
import { curlCommand } from '../curl.ts'
import { truncate, visible } from '../visible-text.ts'
import { selectFindings } from '../findings/finding-selection.ts'
import { listedTexts } from '../findings/listed-text.ts'
import { requestMilliseconds, testsBySuite, joinFirst, standing } from '../standings.ts'
import { fileOf, locationText, verdictReasonText } from '../location.ts'
import { failureElement, outputElement, preflightElement, skippedElement } from './elements.ts'
import { environmentProperties, property } from './properties.ts'
import { type XmlElement, xmlDocument } from './xml.ts'

/**
 * JUnit XML as Jenkins, GitLab, Azure, CircleCI and GitHub actions read it: one level of suites, one file. What is at or above
 * the run's bar and fails is a failure; what is at or above it and inconclusive is an error, since consumers show skipped as green.
 */
export const junitReporter: Reporter = (result, options = {}) => {
  const cases = testsBySuite(result.tests.filter(isOfRunLevels)).map((tests) => ({
    tests,
    elements: withUniqueNames(tests.map((test) => testcase(test, result, options))),
  }))
  const suites = cases.map(({ tests, elements }) => testsuite(tests, elements, result))
  if (!result.complete || result.warnings.length > 0 || result.preflight) suites.push(runAsWhole(result))
  const sum = (name: string) => suites.reduce((total, it) => total + Number(it.attributes?.[name] ?? 0), 0)
  return xmlDocument({
    name: 'testsuites',
    attributes: {
      name: truncate(`bulkcheck ${result.target.name}`, 300),
      tests: sum('tests'),
      failures: sum('failures'),
      errors: sum('errors'),
      skipped: sum('skipped'),
      time: seconds(result.durationMs),
      timestamp: instant(result.startedAt),
    },
    content: suites,
  })
}

/** A test at a level that nobody asked for is no skipped case: it would be in every pipeline that tests one level. */
function isOfRunLevels({ verdict }: TestResult): boolean {
  return verdict.is !== 'not-applicable' || verdict.reason.kind !== 'level-not-claimed'
}

function testsuite(
  [first, ...rest]: readonly [TestResult, ...TestResult[]],
  cases: readonly XmlElement[],
  result: RunResult,
): XmlElement {
  const numbers = new Set([first, ...rest].flatMap((test) => test.exchanges))
  const seen = [...numbers].flatMap((number) => findExchange(result.exchanges, number) ?? [])
  const starts = seen.map((it) => it.startedAt).sort()
  return suiteOf(first.suite.title, cases, {
    timestamp: instant(starts[0] ?? result.startedAt),
    durationMs: seen.reduce((total, it) => total + it.durationMs, 0),
    properties: environmentProperties(result),
  })
}

function suiteOf(
  name: string,
  cases: readonly XmlElement[],
  about: {
    readonly timestamp: string
    readonly durationMs: number
    readonly properties: readonly XmlElement[]
  },
): XmlElement {
  const having = (child: string) =>
    cases.filter(
      (it) => Array.isArray(it.content) && it.content.some((element: XmlElement) => element.name === child),
    ).length
  return {
    name: 'testsuite',
    attributes: {
      name: truncate(name, 300),
      tests: cases.length,
      failures: having('failure'),
      errors: having('error'),
      skipped: having('skipped'),
      time: seconds(about.durationMs),
      timestamp: about.timestamp,
    },
    content: [{ name: 'properties', content: about.properties }, ...cases],
  }
}

function testcase(test: TestResult, result: RunResult, options: ReportOptions): XmlElement {
  const { requirement, source, verdict, knownFailing, listed } = test
  const spent = requestMilliseconds(test, result)
  return {
    name: 'testcase',
    attributes: {
      classname: classname(test, result),
      name: truncate(visible(`${test.id} ${test.title}`), 480),
      file: truncate(source.file, 300),
      line: source.line,
      time: seconds(spent),
    },
    content: [
      {
        name: 'properties',
        content: [
          property('requirement', requirement.id),
          property('level', requirement.level),
          property('spec', requirement.url),
          property('verdict', verdict.is),
          ...(knownFailing ? [property('known-failing', 'true')] : []),
          ...(['reason', 'owner', 'until'] as const).flatMap((name) => {
            const value = listed?.[name]
            return value === undefined ? [] : [property(`known-failing-${name}`, value)]
          }),
        ],
      },
      ...outcome(test, result, violations(test, result, options)),
    ],
  }
}

const staleText = 'The test passes, but is listed as known failing: remove it from the list.'

function outcome(test: TestResult, result: RunResult, found: readonly string[]): readonly XmlElement[] {
  const { verdict, requirement } = test
  switch (standing(test, result.failOn)) {
    case 'pass':
      return []
    case 'stale':
      return [failureElement('failure', 'stale', staleText, [staleText, '', ...requirementLines(test)])]
    case 'broken':
      return [
        failureElement('failure', requirement.level, message(test), [...found, ...requirementLines(test)]),
      ]
    case 'known':
      return [
        skippedElement(['known failing:', message(test), ...listedTexts([test])].join(' ')),
        outputElement([...found, ...requirementLines(test)]),
      ]
    case 'warning':
    case 'note':
      return [outputElement([`${requirement.level}: ${message(test)}`, ...found, ...requirementLines(test)])]
    case 'error': {
      const error = verdict.is === 'error' ? verdict.error : { message: '' }
      const frames = error.stack?.split('\n') ?? []
      return [
        failureElement('error', 'error', `bulkcheck itself failed: ${error.message}`, [
          ...frames,
          ...requirementLines(test),
        ]),
      ]
    }
    case 'inconclusive': {
      const because = verdictReasonText(verdict, result)
      const unknown = `Cannot tell, because ${because}.`
      // One test case speaks for all of them.
      if (verdict.is === 'inconclusive' && (verdict.cause ?? verdict.reason).kind === 'preflight')
        return [skippedElement(`inconclusive: ${because}`)]
      return atLeast(requirement.level, result.failOn)
        ? [failureElement('error', 'inconclusive', unknown, [unknown, '', ...requirementLines(test)])]
        : [skippedElement(`inconclusive: ${because}`)]
    }
    case 'excused':
      return [
        skippedElement(
          [
            `known failing, and inconclusive: ${verdictReasonText(verdict, result)}.`,
            ...listedTexts([test]),
          ].join(' '),
        ),
      ]
    case 'not-applicable':
      return [skippedElement(`does not apply: ${verdictReasonText(verdict, result)}`)]
  }
}

function message({ verdict }: TestResult): string {
  if (verdict.is !== 'fail') return ''
  const [first, ...rest] = verdict.findings
  return `${first.message}${rest.length > 0 ? ` (and ${rest.length} more)` : ''}`
}

function violations({ verdict }: TestResult, result: RunResult, options: ReportOptions): readonly string[] {
  const { findings, rest } = selectFindings(verdict, options.findings)
  const lines = findings.flatMap(({ message: text, expected, actual, where, times }) => {
    const seen = findExchange(result.exchanges, where.exchange)
    const command = seen && curlCommand(seen)
    const link = fileOf(result, where.exchange) ? '' : ` (${reportFiles.html}#exchange-${where.exchange})`
    return [
      text,
      `expected: ${expected}`,
      `actual:   ${actual}`,
      `seen in:  ${locationText(result, where)}${link}`,
      ...(times > 1 ? [`          and ${times - 1} more`] : []),
      ...(command ? [`repeat:   ${command}`] : []),
      '',
    ]
  })
  return rest ? [...lines, `${rest}; results.json has them all`, ''] : lines
}

function requirementLines(test: TestResult): readonly string[] {
  const { requirement, source } = test
  const { level, statement, url, note, cites } = requirement
  return [
    `[${level}] ${statement}`,
    `spec:     ${url}`,
    ...(note ? [`reading:  ${note}`] : []),
    ...(cites ? [`cites:    ${cites}`] : []),
    ...listedTexts([test]).map((it) => `known:    ${it}`),
    `test:     ${source.file}:${source.line}`,
  ]
}

/** A run that was interrupted or has warnings must not look green to a reader who sees only test cases. */
function runAsWhole(result: RunResult): XmlElement {
  const { complete, warnings, jobs, preflight = [] } = result
  const element = (name: string, content: XmlElement): XmlElement => ({
    name: 'testcase',
    attributes: { classname: `bulkcheck.${slug(result.target.name)}.run`, name, time: '0.000' },
    content: [content],
  })
  const interruption = failureElement('error', 'interrupted', 'The run was interrupted.', [
    'The run was interrupted.',
    ...(jobs.perhapsLeft.length > 0
      ? [`jobs that may be left on the server: ${joinFirst(jobs.perhapsLeft)}`]
      : []),
  ])
  const cases = [
    ...(complete ? [] : [element('run/complete The run completed', interruption)]),
    ...(preflight.length > 0
      ? [element('run/preflight The server can be tested', preflightElement(preflight))]
      : []),
    ...(warnings.length > 0
      ? [
          element(
            'run/warnings There are no warnings',
            failureElement('error', 'warning', warnings[0] ?? '', warnings),
          ),
        ]
      : []),
  ]
  return suiteOf('Run', cases, {
    timestamp: instant(result.startedAt),
    durationMs: 0,
    properties: environmentProperties(result),
  })
}

/** Consumers drop a test case with the class and name of another one. */
function withUniqueNames(cases: readonly XmlElement[]): readonly XmlElement[] {
  const seen = new Map<string, number>()
  return cases.map((element) => {
    const name = String(element.attributes?.name ?? '')
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1
      ? element
      : { ...element, attributes: { ...element.attributes, name: `${name} (${times})` } }
  })
}

/** Jenkins makes packages of dots, so no part has one of its own. */
function classname(test: TestResult, { target }: RunResult): string {
  return `bulkcheck.${slug(target.name)}.${slug(test.suite.id)}`
}

function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 80) || 'target'
  )
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

function instant(text: string): string {
  return text.replace(/\.\d+Z$/, 'Z')
}
