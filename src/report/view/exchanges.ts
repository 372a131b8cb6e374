import { curlCommand } from '../curl.ts'
import { assertionText, outcomeText, requestText, responseText } from '../http-message.ts'
import { formatMilliseconds } from '../standings.ts'
import { problemText } from '../stop-text.ts'
import { truncate } from '../visible-text.ts'
import { leftText } from './exchange-selection.ts'
import type { PageContext } from './page-context.ts'

/** The exchanges that a page shows, and how many it leaves out. */
export function exchangesView(
  { result: { exchanges: all, omitted: more }, kept }: PageContext,
  allExchanges: boolean,
): object {
  const omitted = more?.exchanges ?? 0
  const left = all.length - kept.size + omitted
  const exchanged = left > 0 ? `${kept.size} of ${all.length + omitted}` : all.length
  return {
    exchanged,
    left: left > 0 ? leftText(left, omitted, allExchanges) : undefined,
    exchanges: all
      .filter(({ number }) => kept.has(number))
      .map((exchange) => ({
        number: exchange.number,
        tone: exchange.response || exchange.handshake ? '' : 'silent',
        method: exchange.request.method,
        url: truncate(exchange.request.url, 500),
        status: outcomeText(exchange),
        time: formatMilliseconds(exchange.durationMs),
        startedAt: exchange.startedAt,
        problem: problemText(exchange),
        request: requestText(exchange),
        assertion: assertionText(exchange),
        response: responseText(exchange),
        curl: curlCommand(exchange),
      })),
  }
}
