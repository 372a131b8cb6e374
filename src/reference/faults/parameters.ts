import { honest } from '../conduct.ts'
import { optionalParameters } from '../configurations.ts'
import type { Fault } from '../fault.ts'
import type { Problem } from '../job.ts'

const overlooking = (overlooked: (problem: Problem) => boolean): Pick<typeof honest, 'minds'> => ({
  minds: (problem) => !overlooked(problem),
})

/** Overlooks that a parameter is not supported, on a provider that does not support it. */
const unsupported = (
  parameter: (typeof optionalParameters)[number],
): Pick<Fault, 'configuration' | 'conduct'> => ({
  configuration: { parameters: optionalParameters.filter((it) => it !== parameter) },
  conduct: overlooking((it) => it.kind === 'unsupported-parameter' && it.parameter === parameter),
})

const notFormat = (name: string): Pick<typeof honest, 'knowsFormat'> => ({
  knowsFormat: (each) => each !== name && honest.knowsFormat(each),
})

/** Faults of kick-off parameters. */
export const parameterFaults: readonly Fault[] = [
  {
    id: 'last-type-counts',
    breaks: 'export.params.repeat-as-comma',
    conduct: {
      splits: (values, about) => honest.splits(about.method === 'GET' ? values.slice(-1) : values, about),
    },
  },
  {
    id: 'only-first-of-comma-list',
    breaks: 'export.params.comma',
    // What is never read is not reported as ignored.
    also: ['export.params.lenient.reported'],
    conduct: {
      splits: (values, about) =>
        about.parameter === '_type' && about.method === 'GET'
          ? values.map((it) => it.replace(/,.*/, ''))
          : honest.splits(values, about),
    },
  },
  {
    id: 'since-with-offset-is-no-since',
    breaks: 'export.params.since.timezones',
    conduct: { readsInstant: (text) => (/[+-]\d\d:\d\d$/.test(text) ? 0 : honest.readsInstant(text)) },
  },
  {
    id: 'commas-not-split',
    breaks: 'export.params.comma',
    conduct: { splits: (values, about) => (about.method === 'GET' ? values : honest.splits(values, about)) },
  },
  {
    id: 'encoded-plus-not-decoded',
    breaks: 'export.params.url-encoding',
    also: ['export.params.since.timezones'],
    conduct: { decodes: (text) => honest.decodes(text.replace(/%2B(?=\d)/gi, '%252B')) },
  },
  // No name of the format is left.
  {
    id: 'no-output-format',
    breaks: 'export.params.outputformat.supported',
    also: [
      'export.params.outputformat.ndjson',
      'export.params.outputformat.full',
      'export.params.outputformat.application-ndjson',
      'export.params.outputformat.ndjson-short',
    ],
    conduct: { knowsFormat: () => false },
  },
  // The full name is the one by which support of the parameter shows.
  {
    id: 'no-application-fhir-ndjson',
    breaks: 'export.params.outputformat.full',
    also: ['export.params.outputformat.supported'],
    conduct: notFormat('application/fhir+ndjson'),
  },
  {
    id: 'no-application-ndjson',
    breaks: 'export.params.outputformat.application-ndjson',
    conduct: notFormat('application/ndjson'),
  },
  { id: 'no-ndjson-short', breaks: 'export.params.outputformat.ndjson-short', conduct: notFormat('ndjson') },
  {
    id: 'asked-for-ndjson-written-as-array',
    breaks: 'export.params.outputformat.ndjson',
    conduct: {
      text: (lines, file, job) =>
        job.kickoff.parameters.some(([name]) => name === '_outputFormat')
          ? [`[${[...lines].join(',')}]`]
          : honest.text(lines, file, job),
    },
  },
  {
    id: 'any-output-format',
    breaks: 'export.params.outputformat.unsupported',
    conduct: overlooking(({ kind }) => kind === 'format'),
  },
  // No instant is read, whatever its notation.
  {
    id: 'since-refused',
    breaks: 'export.params.since.supported',
    also: ['export.params.since.timezones'],
    conduct: { readsInstant: () => undefined },
  },
  // What is there although nothing changed makes the output not empty.
  {
    id: 'since-ignored',
    breaks: 'export.params.since.filters',
    also: ['export.manifest.output.empty', 'export.typefilter.with-since'],
    conduct: { changedSince: () => true },
  },
  {
    id: 'changed-observations-missing',
    breaks: 'export.params.since.includes-changed',
    conduct: {
      changedSince: (resource, since, kickoff) =>
        resource.resourceType !== 'Observation' && honest.changedSince(resource, since, kickoff),
    },
  },
  {
    id: 'since-in-utc-only',
    breaks: 'export.params.since.timezones',
    also: ['export.params.url-encoding'],
    conduct: {
      readsInstant: (text) => (text.endsWith('Z') ? honest.readsInstant(text) : undefined),
    },
  },
  {
    id: 'malformed-since-ignored',
    breaks: 'export.params.since.invalid',
    conduct: overlooking(({ kind }) => kind === 'since'),
  },
  // What is outside _type is outside the request.
  {
    id: 'one-type-too-many',
    breaks: 'export.params.type.filters',
    also: ['export.manifest.level.request-consistency', 'export.typefilter.with-type'],
    conduct: { wantsType: (type, kickoff) => type === 'Goal' || honest.wantsType(type, kickoff) },
  },
  {
    id: 'asked-for-type-cut-short',
    breaks: 'export.params.type.complete',
    conduct: {
      contents: (resources, { kickoff }) =>
        kickoff.types && kickoff.queries.length === 0 && resources.length > 1
          ? resources.slice(0, -1)
          : resources,
    },
  },
  // A type of the compartment that is missing without _type is missing from the compartment.
  {
    id: 'immunizations-only-if-asked-for',
    breaks: 'export.params.type.omitted',
    also: ['export.params.type.compartment', 'export.kickoff.compartment'],
    conduct: {
      wantsType: (type, kickoff) =>
        honest.wantsType(type, kickoff) && (type !== 'Immunization' || kickoff.types !== undefined),
    },
  },
  {
    id: 'procedures-not-for-patients',
    breaks: 'export.params.type.compartment',
    also: ['export.kickoff.compartment'],
    conduct: {
      wantsType: (type, kickoff) =>
        honest.wantsType(type, kickoff) && (type !== 'Procedure' || kickoff.level === 'system'),
    },
  },
  {
    id: 'unsupported-type-parameter-ignored',
    breaks: 'export.params.type.unsupported-param',
    ...unsupported('_type'),
  },
  {
    id: 'unknown-type-ignored',
    breaks: 'export.params.type.unsupported-type',
    // A name in lower case is unknown too, and what is overlooked is not reported.
    also: ['export.params.type.case', 'export.params.lenient.reported'],
    conduct: overlooking(({ kind }) => kind === 'type-unknown'),
  },
  {
    id: 'type-outside-compartment-ignored',
    breaks: 'export.params.type.outside-compartment',
    conduct: overlooking(({ kind }) => kind === 'type-outside-level'),
  },
  {
    id: 'type-in-any-case',
    breaks: 'export.params.type.case',
    conduct: {
      namesType: (text, supported) => [...supported].find((it) => it.toLowerCase() === text.toLowerCase()),
    },
  },
  {
    id: 'unsupported-elements-ignored',
    breaks: 'export.params.elements.unsupported',
    ...unsupported('_elements'),
  },
  {
    id: 'patient-in-get-ignored',
    breaks: 'export.params.patient.post-only',
    conduct: overlooking(({ kind }) => kind === 'patient-in-get'),
  },
  {
    id: 'patient-ignored',
    breaks: 'export.params.patient.filters',
    conduct: {
      withinPatients: (what, chosen, { patients: _, ...kickoff }) =>
        honest.withinPatients(
          what,
          _ === undefined ? chosen : kickoff.group ? new Set(honest.members(kickoff.group)) : undefined,
          kickoff,
        ),
    },
  },
  {
    id: 'first-patient-counts',
    breaks: 'export.params.patient.repeat',
    conduct: {
      withinPatients: (what, chosen, kickoff) =>
        honest.withinPatients(
          what,
          kickoff.patients ? new Set(kickoff.patients.slice(0, 1)) : chosen,
          kickoff,
        ),
    },
  },
  {
    id: 'absent-patient-ignored',
    breaks: 'export.params.patient.not-present',
    conduct: overlooking(({ kind }) => kind === 'patient-absent'),
  },
  {
    id: 'patient-outside-group-ignored',
    breaks: 'export.params.patient.not-member',
    conduct: overlooking(({ kind }) => kind === 'patient-not-member'),
  },
  {
    id: 'unsupported-patient-ignored',
    breaks: 'export.params.patient.unsupported',
    ...unsupported('patient'),
  },
  {
    id: 'patient-at-system-level-ignored',
    breaks: 'export.params.patient.system',
    conduct: overlooking(({ kind }) => kind === 'patient-at-system'),
  },
  {
    id: 'unknown-associated-data-ignored',
    breaks: 'export.params.iad.unsupported',
    conduct: overlooking(({ kind }) => kind === 'associated-data'),
  },
  // Provenance is one of the types that an export without _type holds.
  {
    id: 'no-provenance-for-patients',
    breaks: 'export.params.provenance.patient-default',
    also: ['export.params.type.omitted', 'export.params.type.compartment'],
    conduct: {
      includesProvenance: (_provenance, { level, types }) => level !== 'patient' || types !== undefined,
    },
  },
  {
    id: 'no-provenance-for-system',
    breaks: 'export.params.provenance.system-default',
    also: ['export.params.type.omitted'],
    conduct: {
      includesProvenance: (_provenance, { level, types }) => level !== 'system' || types !== undefined,
    },
  },
  {
    id: 'ignored-parameter-not-reported',
    breaks: 'export.params.lenient.reported',
    conduct: { reports: () => false },
  },
  {
    id: 'unknown-parameter-ignored',
    breaks: 'export.params.strict.unknown',
    conduct: overlooking(({ kind }) => kind === 'unknown-parameter'),
  },
]
