import type { Reporter, RunResult, TestResult } from '../../model/result.ts'
import { atLeast } from '../../model/requirement.ts'
import { selectFindings } from '../findings/finding-selection.ts'
import { outcomeSentence } from '../headline.ts'
import { locationText, verdictReasonText } from '../location.ts'
import { listedText } from '../findings/listed-text.ts'
import { countOf, requestMilliseconds, standing, type Standing, testsBySuite } from '../standings.ts'
import { diagnosticsStamp } from '../tested-setting.ts'
import { truncate, visible } from '../visible-text.ts'

type Status = 'passed' | 'failed' | 'skipped' | 'other'

/** Warnings and notes do not fail a run, and readers of the format know no third kind of result. */
const statuses: Readonly<Record<Standing, Status>> = {
  broken: 'failed',
  stale: 'failed',
  error: 'failed',
  inconclusive: 'other',
  excused: 'other',
  warning: 'other',
  note: 'other',
  known: 'skipped',
  'not-applicable': 'skipped',
  pass: 'passed',
}

/** Common Test Report Format 1.0.0: one test case for each test; an inconclusive test at or above the bar is a failure there, so that it is never green. */
export const ctrfReporter: Reporter = (result) => {
  const { tests, startedAt, durationMs, run, harness } = result
  const cases = tests.map((it) => caseOf(it, result))
  const count = (status: Status) => cases.filter((it) => it.status === status).length
  const stamp = diagnosticsStamp(result)
  const start = Date.parse(startedAt)
  const report = {
    reportFormat: 'CTRF',
    specVersion: '1.0.0',
    reportId: run,
    timestamp: new Date(start + durationMs).toISOString(),
    generatedBy: harness,
    results: {
      tool: { name: 'bulkcheck', version: harness },
      summary: {
        tests: cases.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: 0,
        other: count('other'),
        suites: testsBySuite(tests).length,
        start,
        stop: start + Math.round(durationMs),
        duration: Math.round(durationMs),
        extra: {
          outcome: outcomeSentence(result),
          target: result.target,
          ...(stamp === undefined ? {} : { diagnostics: stamp }),
        },
      },
      tests: cases,
    },
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

function caseOf(test: TestResult, result: RunResult) {
  const { id, title, requirement, verdict, source, suite, listed } = test
  const message = messageOf(test, result)
  const spent = requestMilliseconds(test, result)
  return {
    name: visible(`${id} ${title}`),
    status: statusOf(test, result),
    duration: Math.round(spent),
    suite: [visible(suite.title)],
    ...(message === undefined ? {} : { message: visible(truncate(message, 2000)) }),
    ...(verdict.is === 'fail' ? { trace: traceOf(test, result) } : {}),
    rawStatus: verdict.is,
    tags: [requirement.level],
    filePath: source.file,
    line: source.line,
    extra: {
      ...{ requirement: requirement.id, specification: requirement.url, exchanges: test.exchanges },
      ...(listed ? { knownFailing: visible(listedText(listed)) } : {}),
    },
  }
}

function statusOf(test: TestResult, { failOn }: RunResult): Status {
  const its = standing(test, failOn)
  return its === 'inconclusive' && atLeast(test.requirement.level, failOn) ? 'failed' : statuses[its]
}

function messageOf({ verdict, knownFailing }: TestResult, result: RunResult): string | undefined {
  if (verdict.is === 'pass')
    return knownFailing ? 'The test passes, but is listed as known failing.' : undefined
  if (verdict.is === 'error') return `bulkcheck itself failed: ${verdict.error.message}`
  if (verdict.is !== 'fail') return verdictReasonText(verdict, result)
  const [first, ...rest] = verdict.findings
  return `${first.message}${rest.length > 0 ? ` (and ${countOf(rest.length, 'more kind')} of violation)` : ''}`
}

function traceOf({ verdict }: TestResult, result: RunResult): string {
  const { findings, rest } = selectFindings(verdict)
  const lines = findings.flatMap(({ message, expected, actual, where, times }) => [
    message,
    `expected: ${expected}`,
    `actual: ${actual}`,
    `seen in: ${locationText(result, where)}${times > 1 ? ` and ${countOf(times - 1, 'more time')}` : ''}`,
  ])
  return [...lines, ...(rest ? [rest] : [])].map((it) => visible(truncate(it, 1000))).join('\n')
}
