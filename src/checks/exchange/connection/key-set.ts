import { headerValues } from '../../../model/http/exchange.ts'
import { isSuccess } from '../../../model/http/status.ts'
import { satisfied, undecided, violated } from '../../../model/judgement.ts'
import { indecisiveStatus } from '../../../model/reason.ts'
import { type Check, exchangeCheck } from '../../check.ts'
import { noParams } from '../../params.ts'

const keySetRequest = exchangeCheck<true>({
  name: 'key-set-request',
  states:
    'The server requests the JWK Set by GET, and its Accept header admits application/json. A request without Accept is inconclusive.',
  params: noParams,
  judgesSilence: true,
  judge({ request, number }) {
    const where = { exchange: number }
    if (request.method !== 'GET')
      return violated({
        message: `The server requests the JWK Set by ${request.method}.`,
        expected: 'GET',
        actual: request.method,
        where,
      })
    const accept = headerValues(request.headers, 'accept').join(', ')
    if (accept === '')
      return undecided({ kind: 'stated', text: 'the request has no Accept header', exchanges: [number] })
    return /application\/json|application\/\*|\*\/\*/i.test(accept)
      ? satisfied
      : violated({
          message: 'The server requests the JWK Set with an Accept header that does not admit JSON.',
          expected: 'Accept: application/json',
          actual: accept.slice(0, 100),
          where: { ...where, part: { header: 'Accept' } },
        })
  },
})

const keySetKept = exchangeCheck<true>({
  name: 'key-set-kept',
  states: 'The server grants a token without requesting the hosted JWK Set again. A refusal is inconclusive.',
  params: noParams,
  judge({ response, number }, _, { evidence }) {
    if (!response || !isSuccess(response.status))
      return undecided(indecisiveStatus(number, response?.status ?? 0, 'other'))
    const again = evidence.probe === 'token' ? evidence.keySetRequests?.[0] : undefined
    return again
      ? violated({
          message: 'The server requests the JWK Set again although it may still keep it.',
          expected: 'no request for the JWK Set within max-age',
          actual: `${again.request.method} ${again.request.url}`,
          where: { exchange: again.number },
        })
      : satisfied
  },
})

/** Checks of requests for the JWK Set that the harness hosts. */
export const keySetChecks: readonly Check[] = [keySetRequest, keySetKept]
