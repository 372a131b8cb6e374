import type { Exchange } from '../model/http/exchange.ts'
import { mapExchanges } from '../model/reason.ts'
import type { RunResult, TestResult, Verdict } from '../model/result.ts'

/** The number of each exchange by its position in a list; numbers of others remain. */
export function positionsOf(exchanges: readonly Exchange[]): (number: number) => number {
  const positions = new Map(exchanges.map(({ number }, at) => [number, at + 1]))
  return (number) => positions.get(number) ?? number
}

/** The same result with exchanges numbered by their positions, wherever it names them. */
export function renumberExchanges(result: RunResult): RunResult {
  const now = positionsOf(result.exchanges)
  const files = result.files?.map((it) => ({ ...it, exchange: now(it.exchange) }))
  const flaky = result.flaky?.map((it) => ({ ...it, exchange: now(it.exchange) }))
  const unlocated = result.jobs.unlocated?.map((it) => ({ ...it, exchange: now(it.exchange) }))
  return {
    ...result,
    jobs: { ...result.jobs, ...(unlocated ? { unlocated } : {}) },
    ...(flaky ? { flaky } : {}),
    exchanges: result.exchanges.map((it) => ({ ...it, number: now(it.number) })),
    tests: result.tests.map((it) => testOf(it, now)),
    ...(files ? { files } : {}),
    ...(result.preflight ? { preflight: mapExchanges(result.preflight, now) } : {}),
  }
}

function testOf(test: TestResult, now: (number: number) => number): TestResult {
  return { ...test, exchanges: test.exchanges.map(now), verdict: verdictOf(test.verdict, now) }
}

function verdictOf(verdict: Verdict, now: (number: number) => number): Verdict {
  switch (verdict.is) {
    case 'fail': {
      const [first, ...rest] = verdict.findings.map((it) => ({
        ...it,
        where: { ...it.where, exchange: now(it.where.exchange) },
      }))
      return first ? { ...verdict, findings: [first, ...rest] } : verdict
    }
    case 'inconclusive': {
      const cause = verdict.cause === undefined ? {} : { cause: mapExchanges(verdict.cause, now) }
      return { ...verdict, reason: mapExchanges(verdict.reason, now), ...cause }
    }
    case 'not-applicable':
      return { ...verdict, reason: mapExchanges(verdict.reason, now) }
    default:
      return verdict
  }
}
