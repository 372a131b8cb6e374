import { isCompartmentType } from '../population/compartment.ts'
import { type Conduct, honestConduct } from '../conduct/conduct.ts'
import type { Resource } from '../population/model.ts'
import { unreadAttachments } from './attachments.ts'
import { exportOnly } from './gateways.ts'
import { because, type Place, type Variation } from './definition.ts'

const companions = new Set(['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication'])
const all = ['system', 'patient', 'group'] as const

/** The companions of patients are exported as well, whether or not a level of patients holds them. */
const withCompanions: Partial<Conduct> = {
  levelIncludes: (level, type) => level === 'system' || isCompartmentType(type) || companions.has(type),
  withinPatients: (what, chosen, kickoff) =>
    companions.has(what.type) || honestConduct.withinPatients(what, chosen, kickoff),
}

function withoutLastUpdated(resource: Resource): Resource {
  if (!resource.meta) return resource
  const { lastUpdated: _, ...meta } = resource.meta
  return { ...resource, meta }
}

/** When, in ms since 1970, a resource of a live server changes; some hundred seconds from the start on. */
function changesAt(id: string, { start }: Place): number {
  const sum = [...id].reduce((before, it) => (before * 31 + it.charCodeAt(0)) % 100_003, 7)
  return start + (sum % 100) * 1_000
}

function liveContents(resources: readonly Resource[], now: number, place: Place): readonly Resource[] {
  return resources.flatMap((it) => {
    if (it.resourceType !== 'Observation' && it.resourceType !== 'Patient') return it
    const at = changesAt(it.id, place)
    if (at > now) return it
    const touched = { ...it, meta: { ...it.meta, lastUpdated: new Date(at).toISOString() } }
    return it.resourceType === 'Patient' ? touched : [touched, { ...touched, id: `${it.id}-x`.slice(-64) }]
  })
}

function liveConduct(place: Place): Partial<Conduct> {
  let now = place.start
  return {
    // Asked of every resource before all else.
    existedAt: (resource, transactionTime) => {
      now = transactionTime
      return honestConduct.existedAt(resource, transactionTime)
    },
    changedSince: (resource, since, kickoff) =>
      honestConduct.changedSince(resource, since, kickoff) ||
      liveContents([resource], now, place).some((it) => honestConduct.changedSince(it, since, kickoff)),
    orderedResources: (resources, { startedAt }) => liveContents(resources, startedAt, place),
  }
}

/** Copies at the end of the resources of a type; in organized output they would begin blocks. */
const withCopies =
  (copies: (resources: readonly Resource[]) => readonly Resource[]): Conduct['orderedResources'] =>
  (resources, { kickoff }) =>
    kickoff.organizedBy === undefined ? [...resources, ...copies(resources)] : resources

/** Variations of what an export holds. */
export const resourceVariations: readonly Variation[] = [
  {
    id: 'without-last-updated',
    about: 'contents',
    states: 'Resources have no meta.lastUpdated. FHIR does not require it, and the guide only advises it.',
    conduct: { lineOf: (resource) => JSON.stringify(withoutLastUpdated(resource)) },
    lacks: { 'export.ndjson.meta-lastupdated': 'The element is optional in FHIR.' },
    undecided: because(
      'No instant for _since lies between two others, so no export shows changes or deletions.',
      'access/deleted-files-anonymous',
      'locations/deleted-file-*',
      'distinct/since',
      'manifest/not-after',
      'manifest/deleted-*',
      'manifest/deletions-apart',
      'parameters/encoded',
      'since/*',
      'type-filter/with-since',
    ),
  },
  {
    id: 'copies-written-anew',
    about: 'contents',
    states:
      'A resource occurs twice, with its members in another order. The order of members has no meaning in JSON.',
    conduct: {
      orderedResources: withCopies(([first]) =>
        first ? [Object.fromEntries(Object.entries(first).reverse()) as Resource] : [],
      ),
    },
    undecided: because('Two texts may be one version written in two ways.', 'files/latest-version'),
  },
  {
    id: 'live-server',
    about: 'contents',
    states: 'Resources are created and changed during the run.',
    configuration: { retryAfterSeconds: 1, levels: all },
    conduct: liveConduct,
  },
  {
    id: 'duplicates',
    about: 'contents',
    states: 'An export contains identical copies of some resources. The guide does not mention copies.',
    conduct: {
      orderedResources: withCopies((resources) => resources.slice(0, 2)),
    },
    lacks: { 'export.ndjson.no-duplicates': 'No sentence forbids copies.' },
  },
  {
    id: 'absolute-references',
    states: 'References are absolute URLs below the FHIR base. FHIR allows absolute and relative references.',
    configuration: { levels: ['system', 'patient'] },
    conduct: (place) => ({
      lineOf: (resource) =>
        JSON.stringify(resource, (key, value: unknown) =>
          key === 'reference' && typeof value === 'string' && /^[A-Z]\w+\/[\w.-]+$/.test(value)
            ? `${place.base}/${value}`
            : value,
        ),
    }),
  },
  {
    id: 'versioned-references',
    states: 'References name versions of resources.',
    conduct: {
      lineOf: (resource) =>
        JSON.stringify(resource, (key, value: unknown) =>
          key === 'reference' && typeof value === 'string' && /^[A-Z]\w+\/[\w.-]+$/.test(value)
            ? `${value}/_history/1`
            : value,
        ),
    },
  },
  {
    id: 'companions-at-any-age',
    states: 'An export with _since contains referenced resources of any age. The guide allows this.',
    configuration: { levels: ['patient'] },
    conduct: {
      ...withCompanions,
      changedSince: (resource, since, kickoff) =>
        companions.has(resource.resourceType) || honestConduct.changedSince(resource, since, kickoff),
    },
  },
  {
    id: 'fewer-types',
    states: "An export without _type leaves out some types, which the server's documentation names.",
    configuration: { levels: ['patient', 'system'] },
    conduct: {
      exportsType: (type, kickoff) =>
        honestConduct.exportsType(type, kickoff) &&
        (kickoff.types !== undefined || type !== (kickoff.level === 'system' ? 'ValueSet' : 'Goal')),
    },
    lacks: { 'export.params.type.compartment': 'Exporting the whole compartment is a SHOULD.' },
  },
  {
    id: 'without-patients-in-1.0.1',
    states:
      'In 1.0.1 a patient or group export contains only the Patient compartment. In R4 the compartment does not include the Patient resources.',
    release: '1.0.1',
    configuration: { levels: ['system', 'patient', 'group'] },
    conduct: {
      exportsType: (type, kickoff) =>
        honestConduct.exportsType(type, kickoff) && (type !== 'Patient' || kickoff.level === 'system'),
    },
    undecided: because(
      'An export without patients does not show whose compartments it has.',
      'group/compartment',
      'group/compartment-types',
    ),
  },
  {
    id: 'undated-resources-deleted-meanwhile',
    about: 'contents',
    states: 'Goals have no meta.lastUpdated, and some are deleted during the run.',
    configuration: { retryAfterSeconds: 1, levels: ['patient'] },
    conduct: (place) => ({
      orderedResources: (resources, { startedAt }) =>
        resources.filter(
          ({ resourceType, id }) => resourceType !== 'Goal' || changesAt(id, place) > startedAt,
        ),
      lineOf: (resource) =>
        JSON.stringify(resource.resourceType === 'Goal' ? withoutLastUpdated(resource) : resource),
    }),
    lacks: { 'export.ndjson.meta-lastupdated': 'The element is optional in FHIR.' },
    undecided: because(
      'Resources without meta.lastUpdated may have changed meanwhile.',
      'since/timezones-same',
    ),
  },
  {
    id: 'shared-resources',
    states: 'An export of one patient contains resources that are also about other patients.',
    configuration: { levels: ['patient'] },
    conduct: {
      withinPatients: ({ patients }, chosen) =>
        chosen === undefined ? patients.length > 0 : patients.some((id) => chosen.has(id)),
    },
  },
  {
    id: 'export-only',
    about: 'attachments',
    states:
      'Clients cannot read or search any resource, not even the Group. A server SHOULD support reading Groups.',
    gateway: exportOnly,
    lacks: { 'group.read': 'Reading Groups is a SHOULD.', 'group.search': 'Searching Groups is a SHOULD.' },
    undecided: unreadAttachments('Attachments are Binary resources, which nobody can read.'),
  },
  {
    id: 'mirror-of-an-hour-ago',
    about: 'contents',
    states:
      'The server exports a mirror of its database, as the guide suggests, and transactionTime is the time of the mirror.',
    conduct: ({ start }) => ({
      transactionTime: () => new Date(start - 3_600_000).toISOString(),
      existedAt: (resource) => honestConduct.existedAt(resource, start - 3_600_000),
    }),
    undecided: because('Nothing shows whether a server has a mirror.', 'manifest/transaction-time-window'),
  },
]
