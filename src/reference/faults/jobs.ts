import { honestConduct, type ResponseContext } from '../conduct/conduct.ts'
import { type Response, withJson, withoutBody, withoutHeader, withStatus } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'
import { type Fault, onAnswer } from './definition.ts'
import { outputFiles } from './manifest/changes.ts'

const failure = () => refusal(500, { code: 'processing', diagnostics: 'There is nothing to export.' })

const isPartial = (kickoff: ResponseContext['kickoff']) =>
  kickoff?.parameters.some(([name]) => name === '_partial') === true

/** The files with messages of an export that lacks some resources have none. */
const withoutMessages: Fault['conduct'] = {
  manifestFiles: (files, { kickoff }) =>
    isPartial(kickoff) ? files.map((it) => (it.kind === 'error' ? { ...it, resources: [] } : it)) : files,
}

/** The manifest of an export that found nothing. */
const emptyManifest = (r: Response, { now, kickoff }: ResponseContext) =>
  withStatus(
    withJson(r, () => ({
      transactionTime: new Date(now).toISOString(),
      request: kickoff?.url,
      requiresAccessToken: true,
      output: [],
      error: [],
    })),
    200,
  )

/** Faults of exports that no resources match, and of jobs that do not report their end. */
export const jobFaults: readonly Fault[] = [
  {
    id: 'partial-export-fails',
    breaks: 'export.status.partial-success.200',
    configuration: { partial: '_partial' },
    conduct: onAnswer('status.complete', (r, { kickoff }) => (isPartial(kickoff) ? failure() : r)),
  },
  {
    id: 'partial-export-without-messages',
    breaks: 'export.status.partial-success.error-files',
    configuration: { partial: '_partial' },
    conduct: onAnswer('status.complete', (r, { kickoff }) =>
      isPartial(kickoff) ? withJson(r, (body) => ({ ...body, error: [] })) : r,
    ),
  },
  {
    id: 'partial-export-with-empty-error-file',
    breaks: 'export.status.partial-success.error-files',
    configuration: { partial: '_partial' },
    conduct: withoutMessages,
  },
  {
    id: 'partial-export-with-empty-outcome-file',
    breaks: 'export.status.partial-success.outcome-files',
    configuration: { partial: '_partial' },
    conduct: withoutMessages,
  },
  {
    id: 'partial-export-without-outcome',
    breaks: 'export.status.partial-success.outcome-files',
    configuration: { partial: '_partial' },
    conduct: onAnswer('status.complete', (r, { kickoff }) =>
      isPartial(kickoff) ? withJson(r, ({ outcome: _, ...body }) => body) : r,
    ),
  },
  {
    id: 'second-export-answered-409',
    breaks: 'export.kickoff.busy-429',
    configuration: { maxJobs: 1 },
    conduct: onAnswer('kickoff.refused', (r) => (r.status === 429 ? withStatus(r, 409) : r)),
  },
  {
    id: 'second-export-without-retry-after',
    breaks: 'export.kickoff.busy-429.retry-after',
    configuration: { maxJobs: 1 },
    conduct: onAnswer('kickoff.refused', (r) => (r.status === 429 ? withoutHeader(r, 'Retry-After') : r)),
  },
  {
    id: 'nothing-fails',
    breaks: 'export.manifest.output.empty',
    conduct: onAnswer('status.complete', (r, { job }) =>
      outputFiles(job?.files ?? []).length > 0 ? r : failure(),
    ),
  },
  // A response without a body is not a manifest.
  {
    id: 'nothing-is-an-empty-body',
    breaks: 'export.status.complete-body',
    conduct: onAnswer('status.complete', (r, { job }) =>
      outputFiles(job?.files ?? []).length > 0 ? r : withoutBody(r),
    ),
  },
  {
    id: 'group-of-nobody-fails',
    breaks: 'export.manifest.output.empty',
    conduct: onAnswer('status.complete', (r, { kickoff }) =>
      kickoff?.group && honestConduct.groupMembers(kickoff.group).length === 0 ? failure() : r,
    ),
  },
  // The server ignores an empty list of members.
  {
    id: 'group-of-nobody-is-everybody',
    breaks: 'export.kickoff.group.only-members',
    conduct: {
      withinPatients: (what, chosen, kickoff) =>
        honestConduct.withinPatients(what, chosen?.size === 0 ? undefined : chosen, kickoff),
    },
  },
  {
    id: 'polite-polls-throttled',
    breaks: 'export.status.too-frequent-429.polite',
    configuration: { polls: 8, retryAfterSeconds: 1 },
    conduct: onAnswer('status.progress', (r, { job }) =>
      job && job.polls > 2
        ? refusal(429, { code: 'throttled', diagnostics: 'Too many status requests.' }, [
            ['Retry-After', '1'],
          ])
        : r,
    ),
  },
  {
    id: 'failed-job-completes-with-nothing',
    breaks: 'export.status.error.status',
    configuration: { failing: '_fail' },
    conduct: onAnswer('status.failed', emptyManifest),
  },
  // A job that is not deleted still exists afterwards.
  {
    id: 'deletion-has-no-route',
    breaks: 'export.delete.supported',
    also: ['export.delete.after-complete'],
    conduct: {
      remainingJobs: (jobs) => jobs,
      ...onAnswer('deletion.accepted', () =>
        refusal(404, { code: 'not-found', diagnostics: 'There is nothing at this URL.' }),
      ),
    },
  },
]
