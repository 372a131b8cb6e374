import { satisfied, undecided, violated } from '../../../model/judgement.ts'
import { isSuccess } from '../../../model/http/status.ts'
import { type Check, exchangeCheck } from '../../check.ts'

const endings = ['succeeded', 'refused'] as const

const writeEnds = exchangeCheck<(typeof endings)[number]>({
  name: 'write-ends',
  states:
    '`succeeded`: the resource is created or updated; `refused`: the server refuses that, at once or, to an asynchronous request, in the end. Throttling and server errors are inconclusive.',
  params: { enum: endings, title: 'how the write ends', description: 'How the write ends.' },
  judge(exchange, wanted, { evidence }) {
    const status = evidence.probe === 'request' ? evidence.write?.status : undefined
    if (status === undefined) return undecided('the write did not end in time, or its outcome is unknown')
    if (status === 429 || (status >= 500 && status !== 501))
      return undecided(`the server answered ${status}, so it did not decide on the write`)
    const is = isSuccess(status) ? 'succeeded' : 'refused'
    if (is === wanted) return satisfied
    return violated({
      message:
        wanted === 'succeeded' ? 'The server refuses the resource.' : 'The server accepts the resource.',
      expected: wanted === 'succeeded' ? '2XX' : '4XX, at once or as the outcome of the asynchronous request',
      actual: `${status}`,
      where: { exchange: exchange.number },
    })
  },
})

/** Checks on requests that write resources. */
export const writeChecks: readonly Check[] = [writeEnds]
