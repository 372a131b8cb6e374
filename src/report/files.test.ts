import { SaxesParser } from 'saxes'
import { expect, test } from 'vitest'
import type { Finding } from '../model/judgement.ts'
import type { ResultFile, RunResult, TestResult } from '../model/result.ts'
import { everything } from './fixtures/result.ts'
import { resourceCountsText, formatBytes } from './file-totals.ts'
import { htmlReporter } from './html/page.ts'
import { jsonReporter } from './json/reporter.ts'
import { junitReporter } from './junit/reporter.ts'
import { selectFindings } from './findings/finding-selection.ts'
import { textReporter } from './text/reporter.ts'
import { parseResult } from './json/parser.ts'

const kinds = (number: number): readonly [Finding, ...Finding[]] => {
  const [first, ...rest] = Array.from(
    { length: number },
    (_, at): Finding => ({
      message: `Observation.value${at} breaks the rule format (expected: a date).`,
      expected: 'a date',
      actual: 'a string in another form',
      where: { exchange: 2, part: { line: at + 1 } },
      times: at + 1,
    }),
  )
  if (!first) throw new Error('at least one')
  return [first, ...rest]
}

const file = (exchange: number, more: Partial<ResultFile> = {}): ResultFile => ({
  exchange,
  name: `export/Observation.${exchange}.ndjson`,
  kind: 'output',
  bytes: 1_200_000,
  lines: 1000,
  resources: { Observation: 1000 },
  ...more,
})

function resultOf(number: number): RunResult {
  const [some] = everything.tests
  if (!some) throw new Error('no test')
  const broken: TestResult = {
    ...some,
    id: 'ndjson/structure',
    exchanges: [1, 2],
    knownFailing: false,
    verdict: { is: 'fail', findings: kinds(number) },
  }
  const files = [
    file(1, { resources: { Observation: 990, Patient: 10 } }),
    file(2),
    file(3, { lines: 0, resources: {} }),
  ]
  return {
    ...everything,
    target: { ...everything.target, name: 'export', fhirUrl: '' },
    tests: [broken],
    exchanges: [],
    files,
  }
}

const text = textReporter({ color: false, verbose: false, width: 100 })

test('a violation is seen in a file and on a line, and files are described by their contents', () => {
  const result = resultOf(1)
  const written = text(result)
  expect(written).toMatch(/^export\n/)
  expect(written).toMatch(
    /^ +1,990 {2}Observation\n +10 {2}Patient\nexport\/Observation.3.ndjson has no lines$/m,
  )
  expect(written).toMatch(/^ {2}seen in {3}export\/Observation.2.ndjson:1$/m)
  expect(written).toMatch(/^2,000 resources in 3 files, 3.6 MB$/m)
  expect(junitReporter(result)).toContain('seen in:  export/Observation.2.ndjson:1\n')
  const page = htmlReporter(result)
  expect(page).toContain('<code>export/Observation.2.ndjson:1</code>')
  expect(page).toContain('<td>990 Observation, 10 Patient</td>')
  for (const it of [written, junitReporter(result), page]) {
    expect(it).not.toMatch(/exchange \d/)
    expect(it).not.toContain('obs started')
  }
})

test('of many kinds of violation the most frequent are listed, and the rest is counted', () => {
  const result = resultOf(200)
  const last = 'Observation.value199 breaks the rule format'
  const first = 'Observation.value0 breaks the rule format'
  const rest = 'and 180 more kinds of violation, seen 16,290 times'
  for (const report of [text, junitReporter, htmlReporter]) {
    expect(report(result)).toContain(last)
    expect(report(result)).toContain(rest)
    expect(report(result).split(' breaks the rule format (expected: a date).').length).toBeLessThanOrEqual(
      1 + 20 + 1,
    )
    expect(report(result, { findings: 200 })).toContain(first)
    expect(report(result, { findings: 200 })).not.toContain('more kinds')
  }
  expect(jsonReporter(result)).toContain(first)
  expect(() => new SaxesParser().write(junitReporter(result)).close()).not.toThrow()
})

test('few kinds are listed in their order', () => {
  const findings = kinds(3)
  expect(selectFindings({ is: 'fail', findings }, 3)).toEqual({ findings })
  expect(selectFindings({ is: 'pass' })).toEqual({ findings: [] })
})

test('the json report of files is a result', () => {
  const result = resultOf(2)
  expect(parseResult(jsonReporter(result))).toEqual({ result: JSON.parse(JSON.stringify(result)) })
})

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_951, '1.0 MB'],
  [4.5e12, '4.5 TB'],
  [4.5e15, '4500.0 TB'],
])('%d is %s', (bytes, shown) => {
  expect(formatBytes(bytes)).toBe(shown)
})

test('a file of many types', () => {
  const types = ['Patient', 'Group', 'Basic', 'List', 'Flag', 'Goal', 'Task']
  const resources = Object.fromEntries(types.map((it, at) => [it, 2000 - at]))
  expect(resourceCountsText(file(1, { resources }))).toBe(
    '2,000 Patient, 1,999 Group, 1,998 Basic, 1,997 List, 1,996 Flag and 2 more types',
  )
  expect(resourceCountsText(file(1, { resources: {} }))).toBe('no resources')
  expect(resourceCountsText(file(1))).toBe('Observation')
})
