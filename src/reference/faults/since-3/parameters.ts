import { honestConduct } from '../../conduct/conduct.ts'
import { parametersOf } from '../../conduct/configurations.ts'
import { crashing, isLenient } from '../optional.ts'
import { since3 } from './definition.ts'

// A server must not answer a kick-off request with 500, whatever it requests.
const also = ['export.errors.no-5xx-for-client']

/** Faults of `_until`, `_typeFilter` and of organizing the output. */
export const parameterFaultsSince3 = since3([
  {
    id: 'until-crashes',
    breaks: 'export.params.until.optional',
    also,
    conduct: crashing((_, text) => text.includes('_until=2100')),
  },
  {
    id: 'until-ignored',
    breaks: 'export.params.until.filters',
    also: ['export.params.until.with-since'],
    conduct: { changedUntil: () => true },
  },
  {
    id: 'until-ignored-beside-since',
    breaks: 'export.params.until.with-since',
    conduct: {
      changedUntil: (resource, until, kickoff) =>
        kickoff.since !== undefined || honestConduct.changedUntil(resource, until, kickoff),
    },
  },
  {
    id: 'unsupported-until-ignored',
    breaks: 'export.params.until.unsupported',
    configuration: { parameters: parametersOf('3.0.0').filter((it) => it !== '_until') },
    conduct: {
      raisesProblem: ({ kind, parameter }) => kind !== 'unsupported-parameter' || parameter !== '_until',
    },
  },
  {
    id: 'last-type-filter-counts-in-3',
    breaks: 'export.typefilter.or.repeat',
    // Resources that meet only the queries before it are missing.
    also: ['export.typefilter.complete'],
    conduct: { splitsQueries: (values) => honestConduct.splitsQueries(values.slice(-1), true) },
  },
  {
    id: 'type-filter-leaves-out-other-types',
    breaks: 'export.typefilter.other-types-unaffected',
    conduct: {
      orderedResources: (resources, { kickoff }) =>
        kickoff.queries.length > 0 && !kickoff.queries.some(({ type }) => type === resources[0]?.resourceType)
          ? resources.slice(1)
          : resources,
    },
  },
  {
    id: 'organizing-crashes',
    breaks: 'export.organize-by.optional',
    also,
    conduct: crashing((_, text) => text.endsWith('organizeOutputBy=Patient')),
  },
  {
    id: 'organized-by-anything',
    breaks: 'export.organize-by.unsupported',
    conduct: { organizesBy: () => true },
  },
  {
    id: 'lenient-organizing-crashes',
    breaks: 'export.organize-by.lenient',
    also,
    conduct: crashing((request, text) => isLenient(request) && text.includes('organizeOutputBy')),
  },
  {
    id: 'partial-manifests-crash',
    breaks: 'export.partial.optional',
    also,
    conduct: crashing((_, text) => text.endsWith('?allowPartialManifests=true')),
  },
])
