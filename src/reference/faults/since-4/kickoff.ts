import { honestConduct } from '../../conduct/conduct.ts'
import {
  type JsonRecord,
  headerOf,
  withHeader,
  withJson,
  withoutHeader,
  withStatus,
} from '../../http-message.ts'
import { refusal } from '../../operation-outcome.ts'
import { onAnswer } from '../definition.ts'
import { crashing } from '../optional.ts'
import { since4 } from './definition.ts'

// A server must not answer a kick-off request with 500, whatever it requests.
const also = ['export.errors.no-5xx-for-client']

const noOperation = [
  ...['system', 'patient', 'group'].flatMap((level) => [
    `export.kickoff.endpoint.${level}`,
    `export.kickoff.support.${level}`,
  ]),
  'capability.accuracy.shall',
]

/** Faults of kick-off and status requests of 4.0.0. */
export const kickoffFaultsSince4 = since4([
  {
    id: 'post-not-allowed-in-4',
    breaks: 'export.kickoff.post.shall',
    also: ['export.kickoff.async-page.http-methods', ...noOperation],
    conduct: onAnswer('kickoff.accepted', (r) => withStatus(r, 405)),
  },
  {
    id: 'export-operation-without-the-pattern',
    breaks: 'export.kickoff.async-page.http-methods',
    also: ['export.kickoff.post.shall', ...noOperation],
    conduct: onAnswer('kickoff.accepted', (r) => withStatus(r, 501)),
  },
  {
    id: 'accepted-without-polling-location-in-4',
    breaks: 'export.kickoff.async-page.prefer',
    also: ['export.kickoff.content-location'],
    conduct: onAnswer('kickoff.accepted', (r) => withoutHeader(r, 'content-location')),
  },
  {
    id: 'accept-answered-406-in-4',
    breaks: 'export.kickoff.async-page.accept',
    also: ['export.kickoff.accept.fhir-json'],
    conduct: onAnswer('kickoff.accepted', (r, { request }) =>
      headerOf(request, 'accept') === 'application/fhir+json' ? withStatus(r, 406) : r,
    ),
  },
  {
    id: 'output-format-refused-in-4',
    breaks: 'export.kickoff.async-page.accept',
    also: ['export.params.outputformat.full', 'export.params.outputformat.supported'],
    conduct: {
      acceptsFormat: (name, other) =>
        name !== 'application/fhir+ndjson' && honestConduct.acceptsFormat(name, other),
    },
  },
  {
    id: 'bundle-for-output-format',
    breaks: 'export.kickoff.async-page.outputformat-triggers',
    // Nothing in a Bundle is a manifest.
    also: [
      'export.manifest.manifest-type',
      'export.manifest.transaction-time.instant',
      'export.manifest.output.array',
      'export.manifest.output.url.absolute',
      'export.manifest.level.request-consistency',
      'export.partial.in-progress.immutable',
      'export.partial.link.array-single',
    ],
    conduct: onAnswer('status.complete', (r, { kickoff }) =>
      kickoff?.parameters.some(([name]) => name === '_outputFormat')
        ? withJson(r, (body) => ({ resourceType: 'Bundle', type: 'batch-response', ...body }))
        : r,
    ),
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
