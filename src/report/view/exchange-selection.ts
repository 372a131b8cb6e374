import type { Exchange } from '../../model/http/exchange.ts'
import { exchangesOfReason } from '../../model/reason.ts'
import type { RunResult, TestResult } from '../../model/result.ts'
import { requestText, responseText } from '../http-message.ts'

/** Characters of HTML that exchanges may take, so that a report stays below 10 MB. */
const htmlBudget = 6_000_000

/**
 * Numbers of the exchanges that a report shows: those that verdicts rest on and their neighbors, failures first,
 * until the page is full.
 */
export function selectExchanges(result: RunResult): ReadonlySet<number> {
  const byNumber = new Map(result.exchanges.map((it) => [it.number, it]))
  const kept = new Set<number>()
  let room = htmlBudget
  for (const number of exchangesByPriority(result)) {
    const exchange = byNumber.get(number)
    if (!exchange || kept.has(number)) continue
    room -= sizeOf(exchange)
    if (room < 0) break
    kept.add(number)
  }
  return kept
}

function exchangesByPriority({ tests }: RunResult): readonly number[] {
  const unmet = tests.filter(
    ({ verdict }) => verdict.is === 'fail' || verdict.is === 'inconclusive' || verdict.is === 'error',
  )
  const first = unmet.flatMap(exchangesMentioned)
  const second = unmet.flatMap((test) => test.exchanges)
  const third = tests.flatMap((test) => [...exchangesMentioned(test), ...test.exchanges])
  return [first, neighbors(first), second, neighbors(second), third, neighbors(third)].flat()
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

function sizeOf(exchange: Exchange): number {
  // The request is there once as text and once as a command.
  const text = requestText(exchange).repeat(2) + (responseText(exchange) ?? '')
  return 1000 + Buffer.byteLength(text) + 5 * (text.match(/[&<>"'`=]/g)?.length ?? 0)
}
