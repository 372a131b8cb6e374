import { withHeader, withoutHeader, withStatus, type Response } from '../../http-message.ts'
import type { ResponseContext } from '../../conduct/conduct.ts'
import { crashing } from '../optional.ts'
import { onAnswer } from '../definition.ts'
import { since3 } from './definition.ts'

const wherePreferred =
  (change: (response: Response) => Response) =>
  (r: Response, { kickoff }: ResponseContext) =>
    kickoff?.separateStatus ? change(r) : r

/** Faults of the preference `separate-export-status`. */
export const separateStatusFaults = since3([
  {
    id: 'separate-status-crashes',
    breaks: 'export.kickoff.separate-status.optional',
    also: ['export.errors.no-5xx-for-client'],
    conduct: crashing(({ headers }) => headers.some(([, value]) => value.includes('separate-export-status'))),
  },
  {
    id: 'separate-status-unsaid',
    breaks: 'export.kickoff.separate-status.preference-applied',
    conduct: onAnswer('kickoff.accepted', (r) => withoutHeader(r, 'preference-applied')),
  },
  {
    id: 'separate-status-respond-async-unsaid',
    breaks: 'export.kickoff.separate-status.preference-applied',
    conduct: onAnswer(
      'kickoff.accepted',
      wherePreferred((r) => withHeader(r, 'Preference-Applied', 'separate-export-status')),
    ),
  },
  {
    id: 'separate-progress-answers-202',
    breaks: 'export.status.separate.in-progress',
    conduct: onAnswer(
      'status.progress',
      wherePreferred((r) => withStatus(r, 202)),
    ),
  },
  {
    id: 'separate-completion-without-status',
    breaks: 'export.status.separate.header-on-200',
    also: ['export.status.separate.complete'],
    conduct: onAnswer('status.complete', (r) => withoutHeader(r, 'x-export-status')),
  },
  {
    id: 'separate-completion-in-words',
    breaks: 'export.status.separate.header-format',
    also: ['export.status.separate.complete'],
    conduct: onAnswer(
      'status.complete',
      wherePreferred((r) => withHeader(r, 'X-Export-Status', 'complete')),
    ),
  },
  {
    id: 'separate-completion-says-201',
    breaks: 'export.status.separate.complete',
    conduct: onAnswer(
      'status.complete',
      wherePreferred((r) => withHeader(r, 'X-Export-Status', '201 Created')),
    ),
  },
  {
    id: 'separate-failure-answers-500',
    breaks: 'export.status.separate.error',
    configuration: { failing: '_fail' },
    conduct: onAnswer(
      'status.failed',
      wherePreferred((r) => withStatus(r, 500)),
    ),
  },
  {
    id: 'separate-unknown-job-answers-200',
    breaks: 'export.status.separate.request-status',
    conduct: {
      jobId: (fresh, { headers }) =>
        headers.some(([, value]) => value.includes('separate-export-status')) ? `separate-${fresh}` : fresh,
      ...onAnswer('status.unknown', (r, { request, deleted }) =>
        request.url.includes('/separate-') && !deleted
          ? withHeader(withStatus(r, 200), 'X-Export-Status', '404')
          : r,
      ),
    },
  },
])
