import { optionalParameters } from '../conduct/configurations.ts'
import { honestConduct } from '../conduct/conduct.ts'
import { onAnswer } from '../faults/definition.ts'
import { refusal } from '../operation-outcome.ts'
import { because, type Variation } from './definition.ts'
import { undeclared } from './undeclared.ts'

const all = ['system', 'patient', 'group'] as const

/** Variations of what kick-off parameters do. */
export const parameterVariations: readonly Variation[] = [
  {
    id: 'types-it-lacks-refused',
    states:
      'The server has no Provenance and refuses a kick-off request for this type, as it should. Its CapabilityStatement declares no parameters.',
    configuration: {
      levels: all,
      parameters: optionalParameters.filter((it) => it !== 'includeAssociatedData'),
    },
    conduct: {
      parsesType: (text, supported) =>
        text === 'Provenance' ? undefined : honestConduct.parsesType(text, supported),
      exportsType: (type, kickoff) => type !== 'Provenance' && honestConduct.exportsType(type, kickoff),
    },
    gateway: () => undeclared,
  },
  {
    id: 'type-in-any-case',
    states:
      'The server reads a type in lower case as the type with the same letters. It may treat such a type in any way except as an export of all types.',
    conduct: {
      parsesType: (text, supported) => [...supported].find((it) => it.toLowerCase() === text.toLowerCase()),
    },
  },
  {
    id: 'type-in-lower-case-exported-empty',
    states: 'The server treats a type in lower case as a type without resources, and the export is empty.',
    conduct: { raisesProblem: ({ diagnostics }) => !diagnostics.includes('"patient"') },
  },
  {
    id: 'types-outside-the-compartment-exported-empty',
    states:
      'An export of a type outside of the compartment is empty. A server SHOULD refuse the kick-off request.',
    configuration: { levels: ['patient'] },
    conduct: { raisesProblem: ({ kind }) => kind !== 'type-outside-level' },
    lacks: { 'export.params.type.outside-compartment': 'A server SHOULD refuse such a request.' },
  },
  {
    id: 'boundaries-left-open',
    states:
      'An export with _since includes resources that were last updated at exactly that instant. Every comma in _typeFilter separates queries, even within a value. The guide leaves both open.',
    configuration: { levels: ['patient'] },
    conduct: {
      changedSince: (resource, since) => Date.parse(resource.meta?.lastUpdated ?? '9999-12-31') >= since,
      splitsQueries: (occurrences) => occurrences.flatMap((it) => it.split(',')),
    },
  },
  {
    id: 'type-filter-with-context',
    states: 'An export with _typeFilter also contains resources to which other exported resources refer.',
    configuration: { levels: ['patient'] },
    conduct: {
      matchesQueries: (resource, queries) =>
        resource.resourceType === 'Encounter' || honestConduct.matchesQueries(resource, queries),
    },
  },
  {
    id: 'queries-with-prefixes-ignored',
    states:
      'The server does not support queries of _typeFilter with a prefix, and ignores them. A server SHOULD refuse them.',
    configuration: { levels: ['patient'] },
    conduct: {
      splitsQueries: (values) =>
        honestConduct.splitsQueries(values, true).filter((query) => !/=g[et]\d/.test(query)),
    },
    undecided: because('A query that leaves nothing out may be unsupported.', 'type-filter/filters-date'),
  },
  {
    id: 'elements-beyond-those-asked-for',
    states: 'An export with _elements also contains identifiers. A profile may require them.',
    configuration: { levels: ['patient'] },
    conduct: {
      reducesElements: (resource, filters) => {
        const reduced = honestConduct.reducesElements(resource, filters)
        return resource.identifier === undefined || reduced === resource
          ? reduced
          : { ...reduced, identifier: resource.identifier }
      },
    },
  },
  {
    id: 'since-in-the-future-refused',
    states:
      'The server refuses a kick-off request whose _since is in the future, because nothing can have changed after it.',
    configuration: { levels: all },
    conduct: onAnswer('kickoff.accepted', (response, { kickoff, now }) =>
      (kickoff?.since ?? 0) > now
        ? refusal(400, { code: 'value', diagnostics: '_since is in the future.' })
        : response,
    ),
  },
]
