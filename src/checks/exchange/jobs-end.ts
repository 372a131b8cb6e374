import type { ExportEvidence } from '../../model/evidence.ts'
import type { AcceptedExport } from '../../model/export/export.ts'
import type { Exchange } from '../../model/http/exchange.ts'
import { hasRetryAfter } from '../../model/http/retry-after.ts'
import { isFhirBody, isGatewayError, isSuccess } from '../../model/http/status.ts'
import { satisfied, undecided, violated } from '../../model/judgement.ts'
import { type ExportLevel, exportLevels } from '../../model/target.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { noParams } from '../params.ts'

/** How many times as long as any job that completed a job must run before nothing speaks for it. */
const patience = 5

/** Milliseconds from the kick-off of a job to its last status response. */
function durationMs({ kickoff, polls }: AcceptedExport): number {
  const last = polls.at(-1) ?? kickoff
  return Date.parse(last.startedAt) + last.durationMs - Date.parse(kickoff.startedAt)
}

// A wider level has more data, so a job of a narrower level says nothing about how long it may take.
/** Milliseconds that the longest job took that completed at a level or, without one, at wider levels; `undefined` if none did. */
function longestMs(exports: readonly ExportEvidence[], level: ExportLevel): number | undefined {
  const longestAt = (levels: readonly ExportLevel[]) => {
    const completed = exports.flatMap(({ sent, export: it }) =>
      levels.includes(sent.level) && 'completion' in it && it.completion && it.state !== 'failed'
        ? [durationMs(it)]
        : [],
    )
    return completed.length > 0 ? Math.max(...completed) : undefined
  }
  return longestAt([level]) ?? longestAt(exportLevels.slice(0, exportLevels.indexOf(level)))
}

/** Whether a status response, which was the last of several, speaks neither of the job nor of a time to come again. */
function isAboutGateway({ response }: Exchange): boolean {
  if (!response || !isGatewayError(response.status) || isFhirBody(response.body)) return false
  return !hasRetryAfter(response.headers)
}

const jobsEnd = exchangeCheck<true>({
  name: 'jobs-end',
  judgesEveryExport: true,
  states:
    'Every job at the level of this kick-off request ends. Two kinds of jobs do not end: a job that is still in progress (202) after the time limit for an export and after five times the duration of the longest completed job at the level (if none completed there: at wider levels), and a job whose last of several status responses is 502, 503 or 504 without a resource and without Retry-After.',
  params: noParams,
  judge({ number, response }, _, { evidence, exports }) {
    if (evidence.probe !== 'export') return undecided('only an export is a job')
    const { level } = evidence.sent
    const jobs = exports.filter(({ sent }) => sent.level === level).map((it) => it.export)
    const late = jobs.filter((it) => it.state === 'overdue')
    const longest = longestMs(exports, level)
    const endless = late.filter(
      (it) =>
        it.overdue.limit === 'time' &&
        isSuccess(it.polls.at(-1)?.response?.status) &&
        longest !== undefined &&
        durationMs(it) >= patience * longest,
    )
    const [first] = endless
    if (first && longest !== undefined)
      return violated({
        message: 'A job is still in progress long after others completed.',
        expected: `200 with the manifest, or an error: the longest job that completed took ${seconds(longest)} s`,
        actual: `${first.polls.at(-1)?.response?.status} after ${seconds(durationMs(first))} s`,
        where: { exchange: first.polls.at(-1)?.number ?? number },
        times: endless.length,
      })
    const unsaid = jobs.find((it) => it.state === 'failed' && isAboutGateway(it.completion))
    if (unsaid?.state === 'failed')
      return violated({
        message: 'No status request for a job, however often it is repeated, shows the status of the job.',
        expected: '200 with the manifest, or an error of the export',
        actual: String(unsaid.completion.response?.status),
        where: { exchange: unsaid.completion.number },
      })
    const [overdue] = late
    if (overdue)
      return undecided({ kind: 'not-completed', probe: 'an export', ending: { overdue: overdue.overdue } })
    if (jobs.some((it) => it.state === 'failed' || 'completion' in it)) return satisfied
    if (evidence.export.state !== 'refused') return undecided('no export was followed to its end')
    return undecided({
      kind: 'refused',
      probe: 'the export',
      outcome: { exchange: number, ...(response ? { status: response.status } : {}) },
    })
  },
})

function seconds(ms: number): number {
  return Math.ceil(ms / 1000)
}

/** The check that jobs end. */
export const jobsEndChecks: readonly Check[] = [jobsEnd]
