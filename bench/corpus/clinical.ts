import { randomBetween, randomFraction, randomInstant, laterInstant, randomOf } from './random-values.ts'
import {
  type TypeCounts,
  type CorpusResource,
  about,
  concept,
  idOf,
  note,
  quantity,
  to,
  visit,
} from './resource.ts'
import {
  answers,
  surveyQuestions,
  drugs,
  vitalSigns,
  panels,
  problems,
  procedures,
  systems,
  thoSystem,
  vaccines,
  visits,
} from './terms.ts'

const profiled = (name: string, updated: string) => ({
  lastUpdated: updated,
  profile: [`http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`],
})

/** An Observation: a measurement, a blood pressure, or an answer. */
export function observation(index: number, counts: TypeCounts): CorpusResource {
  const when = randomInstant(1, index)
  const turn = randomBetween(0, 9, 2, index)
  const category = turn < 5 ? 'laboratory' : turn < 8 ? 'vital-signs' : 'social-history'
  const [code, display, unit, low, high] = randomOf(vitalSigns, 3, index)
  const value = Number((low + (high - low) * randomFraction(4, index)).toFixed(turn % 5))
  const pressure = (name: 'Systolic' | 'Diastolic', loinc: string, least: number) => ({
    code: concept(systems.loinc, [loinc, `${name} Blood Pressure`]),
    valueQuantity: quantity(randomBetween(least, least + 40, 5, index), 'mm[Hg]'),
  })
  return {
    resourceType: 'Observation',
    id: idOf('Observation', index),
    meta:
      index % 3 === 0 ? profiled(turn < 5 ? 'observation-lab' : 'vital-signs', when) : { lastUpdated: when },
    status: 'final',
    category: [{ coding: [{ system: thoSystem('observation-category'), code: category }] }],
    code: concept(
      systems.loinc,
      turn === 7
        ? ['85354-9', 'Blood Pressure']
        : turn > 7
          ? randomOf(surveyQuestions, 6, index)
          : [code, display],
    ),
    ...about(index, counts),
    effectiveDateTime: laterInstant(when, -15),
    issued: when,
    ...(turn === 7
      ? { component: [pressure('Diastolic', '8462-4', 60), pressure('Systolic', '8480-6', 95)] }
      : turn > 7
        ? { valueCodeableConcept: concept(systems.snomed, randomOf(answers, 7, index)) }
        : { valueQuantity: quantity(value, unit) }),
  }
}

/** A DiagnosticReport of some of the Observations of its encounter, with its text as an attachment. */
export function diagnosticReport(index: number, counts: TypeCounts): CorpusResource {
  const { encounter } = visit(index, counts)
  const when = randomInstant(11, index)
  const most = Math.max(1, Math.floor((counts.Observation - encounter - 1) / counts.Encounter))
  const results = Math.min(most, randomBetween(2, 6, 12, index))
  const [code, display] = randomOf(panels, 13, index)
  return {
    resourceType: 'DiagnosticReport',
    id: idOf('DiagnosticReport', index),
    meta: profiled('diagnosticreport-lab', when),
    status: 'final',
    category: [concept(thoSystem('v2-0074'), ['LAB', 'Laboratory'])],
    code: concept(systems.loinc, [code, display]),
    ...about(index, counts),
    effectiveDateTime: laterInstant(when, -30),
    issued: when,
    performer: [{ ...to('Organization', encounter, counts), display: 'PCP OF LOWELL' }],
    result: Array.from({ length: results }, (_, at) => ({
      ...to('Observation', encounter + at * counts.Encounter, counts),
      display: randomOf(vitalSigns, 14, index, at)[1],
    })),
    ...(index % 2 === 0
      ? {
          presentedForm: [
            {
              contentType: 'text/plain; charset=utf-8',
              data: note(randomBetween(100, 700, 15, index), 16, index),
            },
          ],
        }
      : { conclusion: 'Within the limits that are usual for age and sex; no further tests are needed.' }),
  }
}

/** A DocumentReference with a note. */
export function documentReference(index: number, counts: TypeCounts): CorpusResource {
  const when = randomInstant(21, index)
  const { subject, encounter } = about(index, counts)
  const id = idOf('DocumentReference', index)
  return {
    resourceType: 'DocumentReference',
    id,
    meta: profiled('documentreference', when),
    identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${id}` }],
    status: index % 5 === 0 ? 'current' : 'superseded',
    type: concept(systems.loinc, ['34117-2', 'History and physical note']),
    category: [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
            code: 'clinical-note',
            display: 'Clinical Note',
          },
        ],
      },
    ],
    subject,
    date: when,
    author: [{ ...to('Practitioner', index, counts), display: 'Dr. Elena Bauch723' }],
    custodian: { ...to('Organization', index, counts), display: 'PCP OF LOWELL' },
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          data: note(randomBetween(900, 1800, 22, index), 23, index),
        },
        format: {
          system: 'http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem',
          code: 'urn:ihe:iti:xds:2017:mimeTypeSufficient',
          display: 'mimeType Sufficient',
        },
      },
    ],
    context: { encounter: [encounter], period: { start: laterInstant(when, -20), end: when } },
  }
}

/** An Encounter. */
export function encounter(index: number, counts: TypeCounts): CorpusResource {
  const when = randomInstant(31, index)
  const period = { start: when, end: laterInstant(when, randomBetween(15, 90, 32, index)) }
  const id = idOf('Encounter', index)
  return {
    resourceType: 'Encounter',
    id,
    meta: { lastUpdated: when },
    identifier: [{ use: 'official', system: 'https://github.com/synthetichealth/synthea', value: id }],
    status: 'finished',
    class: { system: thoSystem('v3-ActCode'), code: 'AMB' },
    type: [concept(systems.snomed, randomOf(visits, 33, index))],
    subject: to('Patient', index, counts),
    participant: [
      {
        type: [concept(thoSystem('v3-ParticipationType'), ['PPRF', 'primary performer'])],
        period,
        individual: to('Practitioner', index, counts),
      },
    ],
    period,
    ...(index % 2 === 0
      ? { reasonCode: [{ coding: concept(systems.snomed, randomOf(problems, 34, index)).coding }] }
      : {}),
    location: [{ location: to('Location', index, counts) }],
    serviceProvider: { ...to('Organization', index, counts), display: 'PCP OF LOWELL' },
  }
}

/** A MedicationRequest. */
export function medicationRequest(index: number, counts: TypeCounts): CorpusResource {
  const when = randomInstant(41, index)
  return {
    resourceType: 'MedicationRequest',
    id: idOf('MedicationRequest', index),
    meta: { lastUpdated: when },
    status: randomOf(['active', 'stopped', 'completed'], 42, index),
    intent: 'order',
    category: [concept(thoSystem('medicationrequest-category'), ['community', 'Community'])],
    medicationCodeableConcept: concept(systems.rxnorm, randomOf(drugs, 43, index)),
    ...about(index, counts),
    authoredOn: when,
    requester: { ...to('Practitioner', index, counts), display: 'Dr. Elena Bauch723' },
    ...(index % 2 === 0
      ? {
          dosageInstruction: [
            {
              sequence: 1,
              timing: { repeat: { frequency: 1, period: 1.0, periodUnit: 'd' } },
              asNeededBoolean: false,
              doseAndRate: [{ doseQuantity: { value: 1 } }],
            },
          ],
        }
      : {}),
  }
}

/** A Procedure. */
export function procedure(index: number, counts: TypeCounts): CorpusResource {
  const when = randomInstant(51, index)
  return {
    resourceType: 'Procedure',
    id: idOf('Procedure', index),
    meta: profiled('procedure', when),
    status: 'completed',
    code: concept(systems.snomed, randomOf(procedures, 52, index)),
    ...about(index, counts),
    performedPeriod: { start: when, end: laterInstant(when, randomBetween(10, 60, 53, index)) },
    location: { ...to('Location', index, counts), display: 'PCP OF LOWELL' },
  }
}

/** A Condition. */
export function condition(index: number, counts: TypeCounts): CorpusResource {
  const when = randomInstant(61, index)
  const over = randomFraction(62, index) < 0.7
  return {
    resourceType: 'Condition',
    id: idOf('Condition', index),
    meta: { lastUpdated: when },
    clinicalStatus: {
      coding: [{ system: thoSystem('condition-clinical'), code: over ? 'resolved' : 'active' }],
    },
    verificationStatus: { coding: [{ system: thoSystem('condition-ver-status'), code: 'confirmed' }] },
    category: [concept(thoSystem('condition-category'), ['encounter-diagnosis', 'Encounter Diagnosis'])],
    code: concept(systems.snomed, randomOf(problems, 63, index)),
    ...about(index, counts),
    onsetDateTime: when,
    ...(over ? { abatementDateTime: laterInstant(when, 20_160) } : {}),
    recordedDate: when,
  }
}

/** An Immunization. */
export function immunization(index: number, counts: TypeCounts): CorpusResource {
  const when = randomInstant(71, index)
  const { subject: patient, encounter } = about(index, counts)
  return {
    resourceType: 'Immunization',
    id: idOf('Immunization', index),
    meta: { lastUpdated: when },
    status: 'completed',
    vaccineCode: concept(systems.cvx, randomOf(vaccines, 72, index)),
    patient,
    encounter,
    occurrenceDateTime: when,
    primarySource: true,
    location: { ...to('Location', index, counts), display: 'PCP OF LOWELL' },
  }
}
