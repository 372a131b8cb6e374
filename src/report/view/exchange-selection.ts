import { exchangesByPriority, exchangesOfUnmet } from '../../model/bounds/exchange-priority.ts'
import type { Exchange } from '../../model/http/exchange.ts'
import type { RunResult } from '../../model/result.ts'
import { assertionText, requestText, responseText } from '../http-message.ts'
import { countOf } from '../standings.ts'

/** Characters of HTML that exchanges may take, so that a report stays below 10 MB. */
const htmlBudget = 6_000_000

/**
 * Numbers of the exchanges that a report shows: those that verdicts rest on and their neighbors, failures first, until the page is full. Verdicts
 * of tests that pass count only with `all`.
 */
export function selectExchanges(result: RunResult, all: boolean): ReadonlySet<number> {
  const byNumber = new Map(result.exchanges.map((it) => [it.number, it]))
  const kept = new Set<number>()
  let room = htmlBudget
  for (const number of all ? exchangesByPriority(result) : exchangesOfUnmet(result)) {
    const exchange = byNumber.get(number)
    if (!exchange || kept.has(number)) continue
    room -= sizeOf(exchange)
    if (room < 0) break
    kept.add(number)
  }
  return kept
}

function sizeOf(exchange: Exchange): number {
  // The request is there once as text and once as a command.
  const text =
    requestText(exchange).repeat(2) + (assertionText(exchange) ?? '') + (responseText(exchange) ?? '')
  return 1000 + Buffer.byteLength(text) + 5 * (text.match(/[&<>"'`=]/g)?.length ?? 0)
}

/** Why exchanges are left out of a page; so many of them are not in the result either. */
export function leftText(left: number, omitted: number, all: boolean): string {
  const [are, them] = left === 1 ? ['is', 'it'] : ['are', 'them']
  const because = all ? `no verdict depends on ${them}` : `no failed or inconclusive test depends on ${them}`
  const elsewhere = omitted > 0 ? '' : '; results.json has all'
  const more = all ? '' : ', and --all-exchanges shows more here'
  return `${countOf(left, 'exchange')} ${are} left out, because ${because} or the page is full${elsewhere}${more}.`
}
