import { satisfied, undecided, violated } from '../../model/judgement.ts'
import { isRedirect, isRefusal } from '../../model/http/status.ts'
import { indecisiveStatus } from '../../model/reason.ts'
import { type Check, exchangeCheck } from '../check.ts'

const notAnsweredWith = exchangeCheck<readonly number[]>({
  name: 'not-answered-with',
  states:
    'The response has none of these status codes. A redirect, or a refusal with another code, is inconclusive: it does not show whether the requirement is met.',
  params: {
    type: 'array',
    minItems: 1,
    items: { type: 'integer', minimum: 100, maximum: 599 },
    description: 'Status codes.',
  },
  judge({ response, number }, codes) {
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    const { status } = response
    if (codes.includes(status))
      return violated({
        message: `The request is answered with status ${status}.`,
        expected: `a status other than ${codes.join(' or ')}`,
        actual: String(status),
        where: { exchange: number },
      })
    if (status === 429) return undecided(indecisiveStatus(number, status, 'throttled'))
    if (isRedirect(status)) return undecided(indecisiveStatus(number, status, 'redirected'))
    return isRefusal(status) ? undecided(indecisiveStatus(number, status, 'other')) : satisfied
  },
})

/** Checks that one status code is not the answer. */
export const notAnsweredWithChecks: readonly Check[] = [notAnsweredWith]
