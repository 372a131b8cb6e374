import type { RunResult, TestResult, Verdict } from '../../model/result.ts'

/** The same result with exchanges numbered by their positions, wherever it names them. */
export function renumberExchanges(result: RunResult): RunResult {
  const positions = new Map(result.exchanges.map(({ number }, at) => [number, at + 1]))
  const now = (number: number) => positions.get(number) ?? number
  const spoken = (text: string) =>
    text.replace(/\bexchange (\d+)/g, (_, number) => `exchange ${now(Number(number))}`)
  const files = result.files?.map((it) => ({ ...it, exchange: now(it.exchange) }))
  const flaky = result.flaky?.map((it) => ({ ...it, exchange: now(it.exchange) }))
  const unlocated = result.jobs.unlocated?.map((it) => ({ ...it, exchange: now(it.exchange) }))
  return {
    ...result,
    jobs: { ...result.jobs, ...(unlocated ? { unlocated } : {}) },
    ...(flaky ? { flaky } : {}),
    exchanges: result.exchanges.map((it) => ({ ...it, number: now(it.number) })),
    tests: result.tests.map((it) => testOf(it, now, spoken)),
    ...(files ? { files } : {}),
  }
}

function testOf(
  test: TestResult,
  now: (number: number) => number,
  spoken: (text: string) => string,
): TestResult {
  const exchanges = test.exchanges.map(now)
  return { ...test, exchanges, verdict: verdictOf(test.verdict, now, spoken) }
}

function verdictOf(
  verdict: Verdict,
  now: (number: number) => number,
  spoken: (text: string) => string,
): Verdict {
  switch (verdict.is) {
    case 'fail': {
      const [first, ...rest] = verdict.findings.map((it) => ({
        ...it,
        where: { ...it.where, exchange: now(it.where.exchange) },
      }))
      return first ? { ...verdict, findings: [first, ...rest] } : verdict
    }
    case 'inconclusive': {
      const cause = verdict.cause === undefined ? {} : { cause: spoken(verdict.cause) }
      return { ...verdict, because: spoken(verdict.because), ...cause }
    }
    case 'not-applicable':
      return { ...verdict, because: spoken(verdict.because) }
    default:
      return verdict
  }
}
