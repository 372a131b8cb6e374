import { expect, test } from 'vitest'
import { everything } from '../../report/fixtures/result.ts'
import { jsonReporter } from '../../report/json/reporter.ts'
import { parseResult } from '../../report/json/parser.ts'
import { fileTotals } from '../../report/file-totals.ts'
import { selectFindings } from '../../report/findings/finding-selection.ts'
import { boundedResult } from './bounded-result.ts'
import type { Finding } from '../judgement.ts'
import type { RunResult } from '../result.ts'

const [exchange] = everything.exchanges
const [some] = everything.tests
if (!exchange || !some) throw new Error('the example has exchanges and tests')

const findings = Array.from(
  { length: 10_002 },
  (_, at): Finding => ({
    ...{ message: `kind ${at}`, expected: 'a', actual: 'b', times: at === 1 ? 1 : 2 },
    where: { exchange: 70_000 },
  }),
) as [Finding, ...Finding[]]

const large: RunResult = {
  ...everything,
  tests: [{ ...some, exchanges: [60_000], verdict: { is: 'fail', findings } }],
  exchanges: Array.from({ length: 80_000 }, (_, at) => ({ ...exchange, number: at + 1 })),
  flaky: Array.from({ length: 9000 }, (_, at) => ({ exchange: at + 1, request: 'file', answer: 500 })),
  files: Array.from({ length: 80_000 }, (_, at) => ({
    ...{ exchange: at + 1, kind: 'output', bytes: 10, lines: 1 },
    resources: { Patient: 1 },
  })),
}

test('a result that fits stays as it is', () => {
  expect(boundedResult(everything)).toEqual(everything)
})

test('of a large result the tests keep what they need, and the rest is counted', () => {
  const result = boundedResult(large)
  const text = jsonReporter({ ...result, tests: [] })
  expect(text.length).toBeLessThan(10_000_000)
  expect(parseResult(jsonReporter(result))).toHaveProperty('result')
  const numbers = new Set(result.exchanges.map((it) => it.number))
  for (const it of [60_000, 70_000, 69_999]) expect(numbers).toContain(it)
  expect(result.omitted?.exchanges).toBe(80_000 - result.exchanges.length)
  expect(result.files?.some((it) => it.exchange === 70_000)).toBe(true)
  expect(fileTotals(result)).toMatchObject({ files: 80_000, bytes: 800_000, resources: 80_000 })
  expect(result.omitted?.flaky).toBe(4000)
})

test('10,000 kinds of finding of a test are kept, the most frequent ones', () => {
  const verdict = boundedResult(large).tests[0]?.verdict
  if (verdict?.is !== 'fail') throw new Error('it fails')
  expect(verdict.findings).toHaveLength(10_000)
  expect(verdict.findings.some((it) => it.message === 'kind 1')).toBe(false)
  expect(verdict.omitted).toEqual({ kinds: 2, times: 3 })
  expect(selectFindings(verdict, 5).rest).toBe('and 9,997 more kinds of violation, seen 19,993 times')
})

test('of a long body the beginning and the end remain', () => {
  const body = `${'a'.repeat(20_000)}z`
  const response = { status: 200, headers: [], framing: 'length', bytes: 20_001, body } as const
  const [kept] = boundedResult({ ...everything, exchanges: [{ ...exchange, response }] }).exchanges
  expect(kept?.response?.body?.length).toBe(8192)
  expect(kept?.response?.bodyEnd?.endsWith('az')).toBe(true)
})
