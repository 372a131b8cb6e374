import { honestConduct } from '../conduct/conduct.ts'
import type { Fault } from './definition.ts'
import type { KickoffProblem } from '../export/job.ts'

/** A search result parameter, which is not a criterion. */
const shapesResults = ({ kind, diagnostics }: KickoffProblem): boolean =>
  kind === 'type-filter' && /_(sort|include|revinclude|count|elements|summary)\b/.test(diagnostics)

/** Faults of `_typeFilter`. */
export const typeFilterFaults: readonly Fault[] = [
  {
    id: 'type-filter-ignored',
    breaks: 'export.typefilter.filters',
    also: ['export.typefilter.with-since'],
    conduct: { matchesQueries: () => true },
  },
  {
    id: 'type-filter-lets-half-through',
    breaks: 'export.typefilter.filters',
    also: ['export.typefilter.and-within-query', 'export.typefilter.with-since'],
    conduct: {
      matchesQueries: (resource, queries) =>
        resource.id.charCodeAt(resource.id.length - 1) % 2 === 0 ||
        honestConduct.matchesQueries(resource, queries),
    },
  },
  // A group may have a single Procedure that the query leaves out.
  {
    id: 'procedure-queries-negated',
    breaks: 'export.typefilter.filters',
    conduct: {
      matchesQueries: (resource, queries) =>
        (resource.resourceType === 'Procedure' && queries.some(({ type }) => type === 'Procedure')) !==
        honestConduct.matchesQueries(resource, queries),
    },
  },
  {
    id: 'queries-for-several-types-ignored',
    breaks: 'export.typefilter.filters',
    conduct: {
      matchesQueries: (resource, queries) =>
        queries.some(({ type }) => type !== resource.resourceType) ||
        honestConduct.matchesQueries(resource, queries),
    },
  },
  {
    id: 'filtered-type-cut-short',
    breaks: 'export.typefilter.complete',
    // Alternatives are complete only if each is.
    also: ['export.typefilter.or.comma', 'export.typefilter.or.repeat-as-comma'],
    conduct: {
      orderedResources: (resources, { kickoff }) =>
        kickoff.queries.some(({ type }) => type === resources[0]?.resourceType)
          ? resources.slice(0, -1)
          : resources,
    },
  },
  {
    id: 'first-query-of-list-counts',
    breaks: 'export.typefilter.or.comma',
    conduct: {
      splitsQueries: (values) =>
        values.flatMap((value) => honestConduct.splitsQueries([value], true).slice(0, 1)),
    },
  },
  {
    id: 'last-type-filter-counts',
    breaks: 'export.typefilter.or.repeat-as-comma',
    // Resources that meet only the queries before it are missing.
    also: ['export.typefilter.complete'],
    conduct: { splitsQueries: (values) => honestConduct.splitsQueries(values.slice(-1), true) },
  },
  {
    id: 'criteria-joined-by-or',
    breaks: 'export.typefilter.and-within-query',
    // One export has this query and another for the same type, beside which its criteria add resources.
    also: ['export.typefilter.filters'],
    conduct: {
      splitsQueries: (values) =>
        honestConduct.splitsQueries(values, true).flatMap((query) => {
          const [type = '', criteria = ''] = query.split('?')
          return criteria.split('&').map((each) => `${type}?${each}`)
        }),
    },
  },
  {
    id: 'filtered-type-added',
    breaks: 'export.typefilter.with-type',
    // The manifest lists the type that was added.
    also: ['export.manifest.level.request-consistency'],
    conduct: {
      raisesProblem: ({ kind }) => kind !== 'type-filter-outside',
      exportsType: (type, kickoff) =>
        honestConduct.exportsType(type, kickoff) || kickoff.queries.some((query) => query.type === type),
    },
  },
  {
    id: 'since-not-for-filtered-types',
    breaks: 'export.typefilter.with-since',
    conduct: {
      changedSince: (resource, since, kickoff) =>
        kickoff.queries.some(({ type }) => type === resource.resourceType) ||
        honestConduct.changedSince(resource, since, kickoff),
    },
  },
  {
    id: 'unsupported-query-ignored',
    breaks: 'export.typefilter.unsupported',
    conduct: { raisesProblem: (problem) => problem.kind !== 'type-filter' || shapesResults(problem) },
  },
  // An encoded ampersand joins the criteria of a query.
  {
    id: 'encoded-ampersand-not-decoded',
    breaks: 'export.typefilter.encoded',
    conduct: { decodesText: (text) => honestConduct.decodesText(text.replaceAll('%26', '%2526')) },
  },
]
