import { exchangesOfReason } from '../reason.ts'
import type { RunResult, TestResult } from '../result.ts'

/** Numbers of exchanges in the order in which a result needs them: those that verdicts rest on and their neighbors, failures first. */
export function exchangesByPriority(result: Pick<RunResult, 'tests'>): readonly number[] {
  const { tests } = result
  const third = tests.flatMap((test) => [...exchangesMentioned(test), ...test.exchanges])
  return [exchangesOfUnmet(result), third, neighbors(third)].flat()
}

/** The same for tests that do not pass, without all others. */
export function exchangesOfUnmet({ tests }: Pick<RunResult, 'tests'>): readonly number[] {
  const unmet = tests.filter(
    ({ verdict }) => verdict.is === 'fail' || verdict.is === 'inconclusive' || verdict.is === 'error',
  )
  const first = unmet.flatMap(exchangesMentioned)
  const second = unmet.flatMap((test) => test.exchanges)
  return [first, neighbors(first), second, neighbors(second)].flat()
}

function neighbors(numbers: readonly number[]): readonly number[] {
  return numbers.flatMap((number) => [number - 1, number + 1])
}

function exchangesMentioned({ verdict }: TestResult): readonly number[] {
  if (verdict.is === 'fail') return verdict.findings.map((finding) => finding.where.exchange)
  if (verdict.is !== 'inconclusive') return []
  const { reason, cause } = verdict
  return [reason, ...(cause ? [cause] : [])].flatMap(exchangesOfReason)
}
