import { requestOutcomeOf } from '../../model/export/failure.ts'
import { satisfied, undecided, violated } from '../../model/judgement.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { noParams } from '../params.ts'

const whole = exchangeCheck<true>({
  name: 'whole',
  states:
    'The response arrives complete, and its body can be decoded. No response, or none in time, is inconclusive.',
  params: noParams,
  judgesSilence: true,
  judge(exchange) {
    const { response, networkError, problem, number } = exchange
    if (response) return satisfied
    if (networkError !== 'cut' && networkError !== 'undecodable')
      return undecided({ kind: 'no-response', ...requestOutcomeOf(exchange) })
    const isCut = networkError === 'cut'
    return violated({
      message: isCut
        ? 'The connection ends in the middle of the response.'
        : 'The body of the response cannot be decoded.',
      expected: isCut
        ? 'a complete body, by Content-Length or by its last chunk'
        : 'a body in the encoding that Content-Encoding names, which the request accepts',
      actual: problem ?? networkError,
      where: { exchange: number },
    })
  },
})

const decodable = exchangeCheck<true>({
  name: 'decodable',
  states:
    'The body of the response has no encoding, or one that the request accepts and that it can be decoded by. No complete response is inconclusive.',
  params: noParams,
  judgesSilence: true,
  judge: (exchange, params, context) =>
    exchange.networkError === 'cut'
      ? undecided({ kind: 'no-response', exchange: exchange.number })
      : whole.judge(exchange, params, context),
})

/** Checks that a response arrives complete. */
export const wholeResponseChecks: readonly Check[] = [whole, decodable]
