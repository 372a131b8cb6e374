import { honestConduct } from '../../conduct/conduct.ts'
import { type JsonRecord, withHeader, withJson, withStatus } from '../../http-message.ts'
import { refusal } from '../../operation-outcome.ts'
import { onAnswer } from '../definition.ts'
import { crashing } from '../optional.ts'
import { since4 } from './definition.ts'

// A server must not answer a kick-off request with 500, whatever it requests.
const also = ['export.errors.no-5xx-for-client']

/** Faults of kick-off and status requests of 4.0.0. */
export const kickoffFaultsSince4 = since4([
  {
    id: 'post-not-allowed-in-4',
    breaks: 'export.kickoff.post.shall',
    // Then there is no operation at all.
    also: [
      ...['system', 'patient', 'group'].flatMap((level) => [
        `export.kickoff.endpoint.${level}`,
        `export.kickoff.support.${level}`,
      ]),
      'capability.accuracy.shall',
    ],
    conduct: onAnswer('kickoff.accepted', (r) => withStatus(r, 405)),
  },
  {
    id: 'get-still-allowed',
    breaks: 'export.kickoff.get-removed',
    conduct: { acceptsMethod: () => true },
  },
  {
    id: 'types-in-the-body-ignored',
    breaks: 'export.kickoff.post.body-parameters',
    also: ['export.manifest.level.request-consistency'],
    conduct: {
      exportsType: (type, kickoff) =>
        kickoff.parameters.some(([name]) => name === '_outputFormat') ||
        honestConduct.exportsType(type, kickoff),
    },
  },
  {
    id: 'last-entry-counts',
    breaks: 'export.kickoff.post.repeat',
    conduct: {
      exportsType: (type, kickoff) =>
        kickoff.parameters.some(([name]) => name === '_outputFormat') && kickoff.types
          ? type === kickoff.types.at(-1)
          : honestConduct.exportsType(type, kickoff),
    },
  },
  {
    id: 'associated-coding-refused',
    breaks: 'export.params.iad.type-coding',
    conduct: onAnswer('kickoff.accepted', (r, { request }) =>
      /"valueCoding"/.test(request.body ?? '')
        ? refusal(400, { code: 'value', diagnostics: 'includeAssociatedData is not a Coding.' })
        : r,
    ),
  },
  {
    id: 'only-encoded-queries-applied',
    breaks: 'export.typefilter.post-unencoded',
    also: ['export.typefilter.filters', 'export.typefilter.with-since', 'export.typefilter.unsupported'],
    conduct: { splitsQueries: (values) => values.filter((it) => it.includes('%')) },
  },
  {
    id: 'minimum-size-crashes',
    breaks: 'export.params.filesize.min.optional',
    also,
    conduct: crashing((_, text) => text.includes('_minimumFileSize')),
  },
  {
    id: 'maximum-size-crashes',
    breaks: 'export.params.filesize.max.optional',
    also,
    conduct: crashing((_, text) => text.includes('_maximumFileSize')),
  },
  {
    id: 'export-status-without-being-asked',
    breaks: 'export.status.separate.absent-otherwise',
    conduct: onAnswer(['status.progress', 'status.complete'], (r, { kickoff }) =>
      kickoff?.separateStatus ? r : withHeader(r, 'X-Export-Status', String(r.status)),
    ),
  },
  {
    id: 'versions-of-one-name',
    breaks: 'capability.multi-version-operations',
    conduct: onAnswer('metadata', (r) =>
      withJson(r, (body) => ({
        ...body,
        rest: (body.rest as JsonRecord[]).map((rest) => ({
          ...rest,
          operation: (rest.operation as JsonRecord[]).flatMap((it) =>
            ['3.0.0', '4.0.0'].map((version) => ({ ...it, definition: `${it.definition}|${version}` })),
          ),
        })),
      })),
    ),
  },
])
