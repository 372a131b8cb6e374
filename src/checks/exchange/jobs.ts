import { requestOutcomeOf } from '../../model/export/failure.ts'
import type { Exchange } from '../../model/http/exchange.ts'
import { neverArose, satisfied, undecided, violated } from '../../model/judgement.ts'
import { retryAfterMs } from '../../model/http/retry-after.ts'
import { isSuccess } from '../../model/http/status.ts'
import { indecisiveStatus, type Reason, stated } from '../../model/reason.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { noParams } from '../params.ts'

const refused = (kickoff: Exchange): Reason => ({
  kind: 'refused',
  probe: 'the export',
  outcome: requestOutcomeOf(kickoff),
})

const completes = exchangeCheck<true>({
  name: 'completes',
  states:
    'The export of this kick-off request completes with a manifest. One that does not end in time is inconclusive.',
  params: noParams,
  judge(kickoff, _, { evidence }) {
    if (evidence.probe !== 'export') return undecided('only an export completes')
    const it = evidence.export
    if (it.state === 'refused') return undecided(refused(kickoff))
    if (it.state === 'complete' || (it.state === 'deleted' && it.completion)) return satisfied
    if (it.state === 'failed' && !it.completion.response) {
      const { number, problem } = it.completion
      return undecided({ kind: 'no-response', exchange: number, ...(problem ? { problem } : {}) })
    }
    if (it.state === 'overdue')
      return undecided({ kind: 'not-completed', probe: 'the export', ending: { overdue: it.overdue } })
    if (it.state !== 'failed' || !it.completion.response)
      return undecided(`the export did not end during the run (it is ${it.state})`)
    // Another check reports a body that is not a manifest.
    if (it.malformedManifest)
      return undecided({ kind: 'unusable-body', exchange: it.completion.number, flaw: 'no-manifest' })
    const { status } = it.completion.response
    return violated({
      message: 'The export fails.',
      expected: '200 and the manifest',
      actual: String(status),
      where: { exchange: it.completion.number },
    })
  },
})

const failureShown = exchangeCheck<true>({
  name: 'failure-shown',
  states:
    'The export of this kick-off request, which should fail, fails. A complete export without files violates the check. A complete export with files is inconclusive, and so is every complete export if no other export at the level has output files.',
  params: noParams,
  judge(kickoff, _, { evidence, exports }) {
    if (evidence.probe !== 'export') return undecided('only an export fails')
    const it = evidence.export
    if (it.state === 'refused') return undecided(refused(kickoff))
    if (it.state === 'failed') return satisfied
    if (it.state !== 'complete') return undecided(`the export did not end during the run (it is ${it.state})`)
    const { level } = evidence.sent
    const hasResources = exports.some(
      ({ sent, export: other }) =>
        sent.level === level &&
        'manifest' in other &&
        other.manifest?.items.some(({ kind }) => kind === 'output'),
    )
    if (it.manifest.items.length > 0 || !hasResources)
      return undecided(stated('the export did not fail', it.completion.number))
    return violated({
      message: 'An export that should fail completes with no files and no messages.',
      expected: '4XX or 5XX',
      actual: `${it.completion.response?.status ?? 'no response'} and an empty manifest`,
      where: { exchange: it.completion.number },
    })
  },
})

const deletable = exchangeCheck<true>({
  name: 'deletable',
  states:
    'The server knows the delete request at the polling location of a job: it does not answer 405 or 501, nor 404 while a status request shows that the job is still in progress.',
  params: noParams,
  judge({ number, response }, _, { evidence }) {
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    const { status } = response
    if (isSuccess(status)) return satisfied
    if (status === 405 || status === 501)
      return violated({
        message: `The delete request is answered with status ${status}.`,
        expected: 'a status other than 405 or 501',
        actual: String(status),
        where: { exchange: number },
      })
    if (status !== 404 || evidence.probe !== 'export' || evidence.export.state !== 'deleted')
      return undecided(indecisiveStatus(number, status, 'other'))
    const after = evidence.export.afterDeletion[0]
    if (after?.response?.status !== 202) return undecided(indecisiveStatus(number, status, 'other'))
    return violated({
      message: 'The delete request is answered with 404 although the job is in progress.',
      expected: '202',
      actual: `404, and 202 to the next status request`,
      where: { exchange: number },
    })
  },
})

/** How many 429 responses in a row, each after the time that the one before asked for, are too many. */
const most = 3

const throttlesFairly = exchangeCheck<true>({
  name: 'throttles-fairly',
  states:
    'The server does not answer 429 three times in a row to status requests that each come after the time in Retry-After.',
  params: noParams,
  judge(exchange, _, { evidence }) {
    if (exchange.response?.status !== 429 || evidence.probe !== 'export' || !('polls' in evidence.export))
      return neverArose('no status request was answered with 429')
    const { polls } = evidence.export
    let row = 1
    for (let at = polls.findIndex(({ number }) => number === exchange.number); at > 0; at -= 1) {
      const [before, after] = [polls[at - 1], polls[at]]
      if (!before || !after || before.response?.status !== 429 || !cameInTime(before, after)) break
      row += 1
    }
    if (row <= most) return satisfied
    return violated({
      message: 'Status requests are answered with 429 although they come after the time in Retry-After.',
      expected: 'the status of the job after the time in Retry-After',
      actual: `429 for more than ${most} times in a row`,
      where: { exchange: exchange.number },
    })
  },
})

/** Whether a request was made after the time that the response to another asked for. */
function cameInTime(before: Exchange, after: Exchange): boolean {
  const receivedAt = Date.parse(before.startedAt) + before.durationMs
  const asked = retryAfterMs(before.response?.headers ?? [], receivedAt, undefined)
  return asked !== undefined && Date.parse(after.startedAt) >= receivedAt + asked
}

/** Checks on how jobs end, are deleted, and throttle their client. */
export const jobChecks: readonly Check[] = [completes, failureShown, deletable, throttlesFairly]
