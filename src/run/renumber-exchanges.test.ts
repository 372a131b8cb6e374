import { expect, test } from 'vitest'
import type { RunResult, TestResult, Verdict } from '../model/result.ts'
import { renumberExchanges } from './renumber-exchanges.ts'

const requirement = { id: 'r', level: 'SHALL', statement: 'It is so.', url: 'https://spec.example' } as const

const testOf = (verdict: Verdict): TestResult => ({
  id: 'suite/test',
  title: 'It is so',
  requirement,
  verdict,
  knownFailing: false,
  exchanges: [1_000_001],
  source: { file: 'suite.yaml', line: 3 },
  suite: { id: 'suite', title: 'A suite' },
})

const exchangeNumbered = (number: number) => ({
  number,
  request: { method: 'GET', url: 'https://fhir.example', headers: [] },
  startedAt: '2026-01-01T00:00:00Z',
  durationMs: 1,
})

test('exchanges are numbered by their positions in findings, reasons, causes, tests and files', () => {
  const finding = { message: 'It is wrong.', expected: 'a', actual: 'b', times: 1 }
  const result = renumberExchanges({
    jobs: {
      ...{ started: 0, deleted: 0, perhapsLeft: [] },
      unlocated: [{ exchange: 1_000_002, answer: 502 }],
    },
    flaky: [{ exchange: 1_000_002, request: 'kick-off', answer: 502 }],
    tests: [
      testOf({ is: 'fail', findings: [{ ...finding, where: { exchange: 1_000_002 } }] }),
      testOf({
        is: 'inconclusive',
        reason: { kind: 'stated', text: 'exchange 1000001 is only a word', exchanges: [1, 1_000_001] },
        cause: { kind: 'refused', probe: 'export', outcome: { exchange: 1_000_002, status: 403 } },
      }),
      testOf({ is: 'not-applicable', reason: { kind: 'expired', exchange: 1_000_001 } }),
    ],
    exchanges: [1, 1_000_001, 1_000_002].map(exchangeNumbered),
    files: [{ exchange: 1_000_002, kind: 'output', bytes: 1, lines: 1, resources: {} }],
  } as unknown as RunResult)
  expect(result.exchanges.map((it) => it.number)).toEqual([1, 2, 3])
  expect(result.files?.map((it) => it.exchange)).toEqual([3])
  expect([...(result.flaky ?? []), ...(result.jobs.unlocated ?? [])].map((it) => it.exchange)).toEqual([3, 3])
  expect(result.tests.map((it) => it.exchanges)).toEqual([[2], [2], [2]])
  expect(result.tests.map((it) => it.verdict)).toEqual([
    { is: 'fail', findings: [{ ...finding, where: { exchange: 3 } }] },
    {
      is: 'inconclusive',
      reason: { kind: 'stated', text: 'exchange 1000001 is only a word', exchanges: [1, 2] },
      cause: { kind: 'refused', probe: 'export', outcome: { exchange: 3, status: 403 } },
    },
    { is: 'not-applicable', reason: { kind: 'expired', exchange: 2 } },
  ])
})
