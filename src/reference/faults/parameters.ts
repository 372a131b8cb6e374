import { type Conduct, honestConduct } from '../conduct/conduct.ts'
import { optionalParameters } from '../conduct/configurations.ts'
import type { Fault } from './definition.ts'
import type { KickoffProblem } from '../export/job.ts'

const overlooking = (overlooked: (problem: KickoffProblem) => boolean): Pick<Conduct, 'raisesProblem'> => ({
  raisesProblem: (problem) => !overlooked(problem),
})

/** Ignores a parameter silently, on a provider that does not support it. */
const unsupported = (
  parameter: (typeof optionalParameters)[number],
): Pick<Fault, 'configuration' | 'conduct'> => ({
  configuration: { parameters: optionalParameters.filter((it) => it !== parameter) },
  conduct: overlooking((it) => it.kind === 'unsupported-parameter' && it.parameter === parameter),
})

const notFormat = (name: string): Pick<Conduct, 'acceptsFormat'> => ({
  acceptsFormat: (each) => each !== name && honestConduct.acceptsFormat(each),
})

/** Faults of kick-off parameters. */
export const parameterFaults: readonly Fault[] = [
  {
    id: 'last-type-counts',
    breaks: 'export.params.repeat-as-comma',
    conduct: {
      splitsValues: (values, about) =>
        honestConduct.splitsValues(about.method === 'GET' ? values.slice(-1) : values, about),
    },
  },
  {
    id: 'only-first-of-comma-list',
    breaks: 'export.params.comma',
    // A parameter that is never read is not reported as ignored, and the second type is not exported.
    also: ['export.params.lenient.reported', 'export.params.type.complete'],
    conduct: {
      splitsValues: (values, about) =>
        about.parameter === '_type' && about.method === 'GET'
          ? values.map((it) => it.replace(/,.*/, ''))
          : honestConduct.splitsValues(values, about),
    },
  },
  {
    id: 'since-with-offset-is-no-since',
    breaks: 'export.params.since.timezones',
    conduct: {
      parsesInstant: (text) => (/[+-]\d\d:\d\d$/.test(text) ? 0 : honestConduct.parsesInstant(text)),
    },
  },
  {
    id: 'since-offset-ignored',
    breaks: 'export.params.since.timezones',
    conduct: {
      parsesInstant: (text) => honestConduct.parsesInstant(text.replace(/[+-]\d\d:\d\d$/, 'Z')),
    },
  },
  {
    id: 'commas-not-split',
    breaks: 'export.params.comma',
    conduct: {
      splitsValues: (values, about) =>
        about.method === 'GET' ? values : honestConduct.splitsValues(values, about),
    },
  },
  {
    id: 'encoded-plus-not-decoded',
    breaks: 'export.params.url-encoding',
    also: ['export.params.since.timezones'],
    conduct: { decodesText: (text) => honestConduct.decodesText(text.replace(/%2B(?=\d)/gi, '%252B')) },
  },
  // The server then accepts none of the names of the format.
  {
    id: 'no-output-format',
    breaks: 'export.params.outputformat.supported',
    also: [
      'export.params.outputformat.full',
      'export.params.outputformat.application-ndjson',
      'export.params.outputformat.ndjson-short',
    ],
    conduct: { acceptsFormat: () => false },
  },
  // The test of the parameter's support sends the full name.
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
      fileText: (lines, file, job) =>
        job.kickoff.parameters.some(([name]) => name === '_outputFormat')
          ? [`[${[...lines].join(',')}]`]
          : honestConduct.fileText(lines, file, job),
    },
  },
  {
    id: 'any-output-format',
    breaks: 'export.params.outputformat.unsupported',
    conduct: overlooking(({ kind }) => kind === 'format'),
  },
  {
    id: 'since-refused',
    breaks: 'export.params.since.supported',
    conduct: { parsesInstant: () => undefined },
  },
  // An export of resources that did not change is not empty.
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
        resource.resourceType !== 'Observation' && honestConduct.changedSince(resource, since, kickoff),
    },
  },
  {
    id: 'since-in-utc-only',
    breaks: 'export.params.since.timezones',
    also: ['export.params.url-encoding'],
    conduct: {
      parsesInstant: (text) => (text.endsWith('Z') ? honestConduct.parsesInstant(text) : undefined),
    },
  },
  {
    id: 'malformed-since-ignored',
    breaks: 'export.params.since.invalid',
    conduct: overlooking(({ kind }) => kind === 'since'),
  },
  // A type that _type does not list was not requested.
  {
    id: 'one-type-too-many',
    breaks: 'export.params.type.filters',
    also: ['export.manifest.level.request-consistency'],
    conduct: { exportsType: (type, kickoff) => type === 'Goal' || honestConduct.exportsType(type, kickoff) },
  },
  {
    id: 'asked-for-type-cut-short',
    breaks: 'export.params.type.complete',
    conduct: {
      orderedResources: (resources, { kickoff }) =>
        kickoff.types && kickoff.queries.length === 0 && resources.length > 1
          ? resources.slice(0, -1)
          : resources,
    },
  },
  {
    id: 'immunizations-only-if-asked-for',
    breaks: 'export.params.type.omitted',
    conduct: {
      exportsType: (type, kickoff) =>
        honestConduct.exportsType(type, kickoff) && (type !== 'Immunization' || kickoff.types !== undefined),
    },
  },
  {
    id: 'procedures-not-for-patients',
    breaks: 'export.params.type.compartment',
    conduct: {
      exportsType: (type, kickoff) =>
        honestConduct.exportsType(type, kickoff) && (type !== 'Procedure' || kickoff.level === 'system'),
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
    // An ignored problem is not reported.
    also: ['export.params.lenient.reported'],
    conduct: overlooking(({ kind }) => kind === 'type-unknown'),
  },
  {
    id: 'type-outside-compartment-ignored',
    breaks: 'export.params.type.outside-compartment',
    conduct: overlooking(({ kind }) => kind === 'type-outside-level'),
  },
  // Names that are dropped are neither refused nor reported.
  {
    id: 'no-known-type-is-every-type',
    breaks: 'export.params.type.case',
    also: [
      'export.params.type.unsupported-type',
      'export.params.lenient.reported',
      'export.manifest.level.request-consistency',
    ],
    conduct: {
      ...overlooking(({ kind }) => kind === 'type-unknown'),
      exportsType: (type, kickoff) => kickoff.types?.length === 0 || honestConduct.exportsType(type, kickoff),
    },
  },
  {
    id: 'unsupported-elements-ignored',
    breaks: 'export.params.elements.unsupported',
    ...unsupported('_elements'),
  },
  {
    id: 'patient-ignored',
    breaks: 'export.params.patient.filters',
    conduct: {
      withinPatients: (what, chosen, { patients: _, ...kickoff }) =>
        honestConduct.withinPatients(
          what,
          _ === undefined
            ? chosen
            : kickoff.group
              ? new Set(honestConduct.groupMembers(kickoff.group))
              : undefined,
          kickoff,
        ),
    },
  },
  {
    id: 'first-patient-counts',
    breaks: 'export.params.patient.repeat',
    conduct: {
      withinPatients: (what, chosen, kickoff) =>
        honestConduct.withinPatients(
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
    id: 'unknown-associated-data-ignored',
    breaks: 'export.params.iad.unsupported',
    conduct: overlooking(({ kind }) => kind === 'associated-data'),
  },
  // Provenance is one of the types in an export without _type.
  {
    id: 'no-provenance-for-patients',
    breaks: 'export.params.provenance.patient-default',
    also: ['export.params.type.compartment'],
    conduct: {
      includesProvenance: (_provenance, { level, types }) => level !== 'patient' || types !== undefined,
    },
  },
  {
    id: 'no-provenance-for-system',
    breaks: 'export.params.provenance.system-default',
    conduct: {
      includesProvenance: (_provenance, { level, types }) => level !== 'system' || types !== undefined,
    },
  },
  {
    id: 'ignored-parameter-not-reported',
    breaks: 'export.params.lenient.reported',
    conduct: { reportsProblem: () => false },
  },
  {
    id: 'unknown-parameter-ignored',
    breaks: 'export.params.strict.unknown',
    conduct: overlooking(({ kind }) => kind === 'unknown-parameter'),
  },
]
