import { isCompartmentType } from '../../reference/compartment.ts'
import { type Conduct, honest } from '../../reference/conduct.ts'
import { optionalParameters } from '../../reference/configurations.ts'
import type { Resource } from '../../reference/population.ts'
import { baseUrl, start } from '../matrix.ts'
import { exportOnly } from './gateways.ts'
import type { LegalVariation } from './variation.ts'

const companions = new Set(['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication'])
const all = ['system', 'patient', 'group'] as const

/** The companions of patients are exported as well, whether or not a level of patients holds them. */
const withCompanions: Partial<Conduct> = {
  levelHolds: (level, type) => level === 'system' || isCompartmentType(type) || companions.has(type),
  withinPatients: (what, chosen, kickoff) =>
    companions.has(what.type) || honest.withinPatients(what, chosen, kickoff),
}

function withoutLastUpdated(resource: Resource): Resource {
  if (!resource.meta) return resource
  const { lastUpdated: _, ...meta } = resource.meta
  return { ...resource, meta }
}

/** When, in ms since 1970, a resource of a live server changes; some hundred seconds from the start on. */
function changesAt(id: string): number {
  const sum = [...id].reduce((before, it) => (before * 31 + it.charCodeAt(0)) % 100_003, 7)
  return start + (sum % 100) * 1_000
}

function liveContents(resources: readonly Resource[], now: number): readonly Resource[] {
  return resources.flatMap((it) => {
    if (it.resourceType !== 'Observation' && it.resourceType !== 'Patient') return it
    const at = changesAt(it.id)
    if (at > now) return it
    const touched = { ...it, meta: { ...it.meta, lastUpdated: new Date(at).toISOString() } }
    return it.resourceType === 'Patient' ? touched : [touched, { ...touched, id: `${it.id}-x`.slice(-64) }]
  })
}

function liveConduct(): Partial<Conduct> {
  let now = start
  return {
    // Asked of every resource before all else.
    existedAt: (resource, transactionTime) => {
      now = transactionTime
      return honest.existedAt(resource, transactionTime)
    },
    changedSince: (resource, since, kickoff) =>
      honest.changedSince(resource, since, kickoff) ||
      liveContents([resource], now).some((it) => honest.changedSince(it, since, kickoff)),
    contents: (resources, { startedAt }) => liveContents(resources, startedAt),
  }
}

/** Variations of what an export holds. */
export const contentVariations: readonly LegalVariation[] = [
  {
    id: 'without-last-updated',
    states: 'Resources have no meta.lastUpdated, which FHIR does not require and the guide advises.',
    conduct: { line: (resource) => JSON.stringify(withoutLastUpdated(resource)) },
    noted: ['export.ndjson.meta-lastupdated'],
    // There is no instant between two others to choose for _since.
    untoldBecause: 'no resource has meta.lastUpdated',
  },
  {
    id: 'copies-written-anew',
    states: 'A resource occurs twice, its members in another order, which JSON gives no meaning to.',
    conduct: {
      contents: ([first, ...rest]) =>
        first ? [first, Object.fromEntries(Object.entries(first).reverse()) as Resource, ...rest] : [],
    },
    untoldBecause: 'written differently',
  },
  {
    id: 'live-server',
    states: 'Resources are created and changed while the run goes on.',
    configuration: { retryAfterSeconds: 1, levels: all },
    conduct: liveConduct(),
  },
  {
    id: 'duplicates',
    states: 'Some resources are exported twice, identically: the guide does not speak of it.',
    conduct: {
      contents: (resources) => [...resources, ...resources.slice(0, 2)],
    },
    noted: ['export.ndjson.no-duplicates'],
  },
  {
    id: 'absolute-references',
    states: 'References are absolute URLs below the FHIR base, which FHIR allows as well as relative ones.',
    configuration: { levels: ['system', 'patient'] },
    conduct: {
      line: (resource) =>
        JSON.stringify(resource, (key, value: unknown) =>
          key === 'reference' && typeof value === 'string' && /^[A-Z]\w+\/[\w.-]+$/.test(value)
            ? `${baseUrl}/${value}`
            : value,
        ),
    },
  },
  {
    id: 'versioned-references',
    states: 'References are to versions, and have identifiers and displays beside.',
    conduct: {
      line: (resource) =>
        JSON.stringify(resource, (key, value: unknown) =>
          key === 'reference' && typeof value === 'string' && /^[A-Z]\w+\/[\w.-]+$/.test(value)
            ? `${value}/_history/1`
            : value,
        ),
    },
  },
  {
    id: 'companions-at-any-age',
    states:
      'Under _since, resources that others refer to are exported whatever their age, as the guide allows.',
    configuration: { levels: ['patient'] },
    conduct: {
      ...withCompanions,
      changedSince: (resource, since, kickoff) =>
        companions.has(resource.resourceType) || honest.changedSince(resource, since, kickoff),
    },
  },
  {
    id: 'fewer-types',
    states:
      'An export without _type leaves out types, of patients and of the system, that the server documents as left out.',
    configuration: { levels: ['patient', 'system'] },
    conduct: {
      wantsType: (type, kickoff) =>
        honest.wantsType(type, kickoff) &&
        (kickoff.types !== undefined || type !== (kickoff.level === 'system' ? 'ValueSet' : 'Goal')),
    },
    noted: ['export.params.type.compartment'],
  },
  {
    id: 'without-patients-in-1.0.1',
    states: 'In 1.0.1 the compartment alone is exported, to which R4 does not count the Patient resources.',
    release: '1.0.1',
    configuration: { levels: ['patient', 'group'] },
    conduct: {
      wantsType: (type, kickoff) =>
        honest.wantsType(type, kickoff) && (type !== 'Patient' || kickoff.level === 'system'),
    },
  },
  {
    id: 'types-outside-the-compartment-exported-empty',
    states: 'Asking for a type outside the compartment gives an empty export; a server SHOULD refuse.',
    configuration: { levels: ['patient'] },
    conduct: { minds: ({ kind }) => kind !== 'type-outside-level' },
    noted: ['export.params.type.outside-compartment'],
  },
  {
    id: 'shared-resources',
    states: 'An export of one patient holds resources that are also about others.',
    configuration: { levels: ['patient'] },
    conduct: {
      withinPatients: ({ patients }, chosen) =>
        chosen === undefined ? patients.length > 0 : patients.some((id) => chosen.has(id)),
    },
  },
  {
    id: 'export-only',
    states:
      'No resource, the Group among them, can be read or searched: reading Groups SHOULD be supported, no more.',
    gateway: () => exportOnly,
    target: { supports: [...optionalParameters, 'POST', 'narrow-scopes'] },
    noted: ['group.read', 'group.search'],
  },
  {
    id: 'boundaries-left-open',
    states:
      '_since includes what was last updated at that very instant, and every comma of _typeFilter separates queries, within values too: the text leaves both open.',
    configuration: { levels: ['patient'] },
    conduct: {
      changedSince: (resource, since) => Date.parse(resource.meta?.lastUpdated ?? '9999-12-31') >= since,
      splitsQueries: (occurrences) => occurrences.flatMap((it) => it.split(',')),
    },
  },
  {
    id: 'type-filter-with-context',
    states: '_typeFilter lets resources through to which others in the export refer.',
    configuration: { levels: ['patient'] },
    conduct: {
      matches: (resource, queries) =>
        resource.resourceType === 'Encounter' || honest.matches(resource, queries),
    },
  },
  {
    id: 'elements-beyond-those-asked-for',
    states: 'Under _elements identifiers are returned as well: a profile may demand them.',
    configuration: { levels: ['patient'] },
    conduct: {
      reduces: (resource, filters) => {
        const reduced = honest.reduces(resource, filters)
        return resource.identifier === undefined || reduced === resource
          ? reduced
          : { ...reduced, identifier: resource.identifier }
      },
    },
  },
]
