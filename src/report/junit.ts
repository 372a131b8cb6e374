import { atLeast } from '../model/requirement.ts'
import type { Reporter, ReportOptions, RunResult, TestResult } from '../model/result.ts'
import { curl } from './curl.ts'
import { capped, visible } from './escape.ts'
import { listed } from './listed.ts'
import { bySuite, few, standing } from './outline.ts'
import { exchangeOf, fileOf, seenIn } from './place.ts'
import { type Element, xml } from './xml.ts'

/**
 * JUnit XML as Jenkins, GitLab, Azure, CircleCI and GitHub actions read it: one level of suites, one file. What is at or above
 * the run's bar and fails is a failure; what is at or above it and inconclusive is an error, since consumers show skipped as green.
 */
export const junit: Reporter = (result, options = {}) => {
  const cases = bySuite(result.tests).map((tests) => ({
    tests,
    elements: unique(tests.map((test) => testcase(test, result, options))),
  }))
  const suites = cases.map(({ tests, elements }) => testsuite(tests, elements, result))
  if (!result.complete || result.warnings.length > 0) suites.push(runAsWhole(result))
  const sum = (name: string) => suites.reduce((total, it) => total + Number(it.attributes?.[name] ?? 0), 0)
  return xml({
    name: 'testsuites',
    attributes: {
      name: capped(`bulkcheck ${result.target.name}`, 300),
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

function testsuite(
  [first, ...rest]: readonly [TestResult, ...TestResult[]],
  cases: readonly Element[],
  result: RunResult,
): Element {
  const numbers = new Set([first, ...rest].flatMap((test) => test.exchanges))
  const seen = [...numbers].flatMap((number) => exchangeOf(result, number) ?? [])
  const starts = seen.map((it) => it.startedAt).sort()
  return suiteOf(first.suite.title, cases, {
    timestamp: instant(starts[0] ?? result.startedAt),
    durationMs: seen.reduce((total, it) => total + it.durationMs, 0),
    properties: environment(result),
  })
}

function suiteOf(
  name: string,
  cases: readonly Element[],
  about: { readonly timestamp: string; readonly durationMs: number; readonly properties: readonly Element[] },
): Element {
  const having = (child: string) =>
    cases.filter(
      (it) => Array.isArray(it.content) && it.content.some((element: Element) => element.name === child),
    ).length
  return {
    name: 'testsuite',
    attributes: {
      name: capped(name, 300),
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

function environment({ target, harness, failOn, run, warnings }: RunResult): readonly Element[] {
  return [
    property('ig.bulkdata', target.ig),
    property('target', target.fhirUrl || target.name),
    property('tool', harness),
    property('run', run),
    property('fail-on', failOn),
    ...warnings.map((warning, index) => property(`warning.${index + 1}`, warning)),
  ]
}

function testcase(test: TestResult, result: RunResult, options: ReportOptions): Element {
  const { requirement, source, verdict, knownFailing } = test
  const spent = test.exchanges.reduce(
    (total, number) => total + (exchangeOf(result, number)?.durationMs ?? 0),
    0,
  )
  return {
    name: 'testcase',
    attributes: {
      classname: classname(test, result),
      name: capped(visible(`${test.id} ${test.title}`), 480),
      file: capped(source.file, 300),
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
        ],
      },
      ...outcome(test, result, violations(test, result, options)),
    ],
  }
}

const outdated = 'The test passes, but is listed as known failing: take it off the list.'

function outcome(test: TestResult, result: RunResult, found: readonly string[]): readonly Element[] {
  const { verdict, requirement, knownFailing } = test
  switch (standing(test, result.failOn)) {
    case 'pass':
      return []
    case 'stale':
      return [trouble('failure', 'stale', outdated, [outdated, '', ...about(test)])]
    case 'broken':
      return [trouble('failure', requirement.level, message(test), [...found, ...about(test)])]
    case 'known':
      return [skipped(`known failing: ${message(test)}`), output([...found, ...about(test)])]
    case 'warning':
    case 'note':
      return [output([`${requirement.level}: ${message(test)}`, ...found, ...about(test)])]
    case 'error': {
      const error = verdict.is === 'error' ? verdict.error : { message: '' }
      const frames = error.stack?.split('\n') ?? []
      return [
        trouble('error', 'error', `bulkcheck itself failed: ${error.message}`, [...frames, ...about(test)]),
      ]
    }
    case 'inconclusive': {
      const because = verdict.is === 'inconclusive' ? verdict.because : ''
      const unknown = `Cannot tell, because ${because}.`
      if (knownFailing) return [skipped(`known failing, and inconclusive: ${because}`)]
      return atLeast(requirement.level, result.failOn)
        ? [trouble('error', 'inconclusive', unknown, [unknown, '', ...about(test)])]
        : [skipped(`inconclusive: ${because}`)]
    }
    case 'not-applicable':
      return [skipped(`does not apply: ${verdict.is === 'not-applicable' ? verdict.because : ''}`)]
  }
}

function message({ verdict }: TestResult): string {
  if (verdict.is !== 'fail') return ''
  const [first, ...rest] = verdict.findings
  return `${first.message}${rest.length > 0 ? ` (and ${rest.length} more)` : ''}`
}

function violations({ verdict }: TestResult, result: RunResult, options: ReportOptions): readonly string[] {
  const { findings, rest } = listed(verdict, options.findings)
  const lines = findings.flatMap(({ message: text, expected, actual, where, times }) => {
    const seen = exchangeOf(result, where.exchange)
    const command = seen && curl(seen)
    const link = fileOf(result, where.exchange) ? '' : ` (report.html#exchange-${where.exchange})`
    return [
      text,
      `expected: ${expected}`,
      `actual:   ${actual}`,
      `seen in:  ${seenIn(result, where)}${link}`,
      ...(times > 1 ? [`          and ${times - 1} more`] : []),
      ...(command ? [`repeat:   ${command}`] : []),
      '',
    ]
  })
  return rest ? [...lines, `${rest}; results.json has them all`, ''] : lines
}

function about({ requirement, source }: TestResult): readonly string[] {
  const { level, statement, url, note, cites } = requirement
  return [
    `[${level}] ${statement}`,
    `spec:     ${url}`,
    ...(note ? [`reading:  ${note}`] : []),
    ...(cites ? [`cites:    ${cites}`] : []),
    `test:     ${source.file}:${source.line}`,
  ]
}

/** The lines repeat what the message says: GitLab shows nothing but the text. */
function trouble(name: 'failure' | 'error', type: string, text: string, lines: readonly string[]): Element {
  return { name, attributes: { type, message: capped(text, 300) }, content: body(lines) }
}

/** With the reason as attribute and as text: Azure reads the one, GitLab the other. */
function skipped(text: string): Element {
  return { name: 'skipped', attributes: { message: capped(text, 300) }, content: body([text]) }
}

function output(lines: readonly string[]): Element {
  return { name: 'system-out', content: body(lines) }
}

const longest = 60_000

function body(lines: readonly string[]): string {
  const text = lines.map((line) => visible(line)).join('\n')
  return text.length <= longest ? text : `${capped(text, longest)}\nresults.json holds the rest`
}

/** A run that was interrupted or has warnings must not look green to somebody who sees nothing but test cases. */
function runAsWhole(result: RunResult): Element {
  const { complete, warnings, jobs } = result
  const element = (name: string, content: Element): Element => ({
    name: 'testcase',
    attributes: { classname: `bulkcheck.${slug(result.target.name)}.run`, name, time: '0.000' },
    content: [content],
  })
  const interruption = trouble('error', 'interrupted', 'The run was interrupted.', [
    'The run was interrupted.',
    ...(jobs.perhapsLeft.length > 0 ? [`perhaps left on the server: ${few(jobs.perhapsLeft)}`] : []),
  ])
  const cases = [
    ...(complete ? [] : [element('run/complete The run came to its end', interruption)]),
    ...(warnings.length > 0
      ? [
          element(
            'run/warnings There are no warnings',
            trouble('error', 'warning', warnings[0] ?? '', warnings),
          ),
        ]
      : []),
  ]
  return suiteOf('Run', cases, {
    timestamp: instant(result.startedAt),
    durationMs: 0,
    properties: environment(result),
  })
}

/** Consumers drop a test case whose class and name another one has. */
function unique(cases: readonly Element[]): readonly Element[] {
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

function property(name: string, value: string): Element {
  return { name: 'property', attributes: { name, value: capped(value, 500) } }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

function instant(text: string): string {
  return text.replace(/\.\d+Z$/, 'Z')
}
