import { createHash } from 'node:crypto'
import type { ResourceDraft } from './draft.ts'
import { codeableConcept, loinc, ucumQuantity, phrases, snomed, tho } from './terms.ts'
import { cyclicItem } from './random.ts'
import { calendarDate, millisecondsPerDay, instant } from './dates.ts'
import type { PatientChart } from './chart.ts'

/** The rest of a chart: documents, plans, devices, coverage, relatives, forms, and where the data come from. */
export function careDrafts(chart: PatientChart): ResourceDraft[] {
  const { index } = chart
  return [
    document(chart),
    coverage(chart),
    ...(index % 3 === 2 ? [] : [carePlan(chart), careTeam(chart), goal(chart)]),
    ...(index % 3 === 0 ? [device(chart), relative(chart), form(chart)] : []),
    ...(index % 2 === 0
      ? [
          binary(chart),
          serviceRequest(chart),
          specimen(chart),
          ...[0, 1].map((which) => provenance(chart, which)),
        ]
      : [provenance(chart, 0)]),
  ]
}

const text = ({ index }: PatientChart) => `Synthetic note ${index + 1}\n${cyclicItem(phrases, index)}\n`

function attachment(chart: PatientChart) {
  const bytes = Buffer.from(text(chart))
  const byUrl = chart.baseUrl !== undefined && chart.index % 2 === 0
  return {
    contentType: 'text/plain;charset=utf-8',
    ...(byUrl
      ? { url: `${chart.baseUrl}/Binary/${chart.id('binary', 1, 0)}` }
      : { data: bytes.toString('base64') }),
    size: bytes.length,
    hash: createHash('sha1').update(bytes).digest('base64'),
    title: `Synthetic “note” ${chart.index + 1}`,
  }
}

function binary(chart: PatientChart): ResourceDraft {
  const write = () => ({
    contentType: 'text/plain;charset=utf-8',
    securityContext: chart.patient,
    data: Buffer.from(text(chart)).toString('base64'),
  })
  return { type: 'Binary', id: chart.id('binary', 1, 0), write }
}

function document(chart: PatientChart): ResourceDraft {
  const write = (updated: number) => ({
    status: chart.index % 3 === 1 ? 'superseded' : 'current',
    type: codeableConcept(loinc('34133-9', 'Summary of episode note')),
    category: [
      codeableConcept({
        system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
        code: 'clinical-note',
        display: 'Clinical Note',
      }),
    ],
    subject: chart.patient,
    date: instant(updated, chart.index + 2),
    author: [chart.practitioner],
    content: [{ attachment: attachment(chart) }],
    context: {
      encounter: [chart.link(`Encounter/${chart.id('encounter', 2, 0)}`)],
      period: { start: calendarDate(chart.event(updated, 100)) },
    },
  })
  return { type: 'DocumentReference', id: chart.id('document', 1, 0), write }
}

function carePlan(chart: PatientChart): ResourceDraft {
  const write = (updated: number) => ({
    text: {
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Synthetic plan: <b>rest</b> &amp; “water”</p></div>',
    },
    status: chart.index % 2 === 0 ? 'active' : 'completed',
    intent: 'plan',
    category: [
      codeableConcept({
        system: 'http://hl7.org/fhir/us/core/CodeSystem/careplan-category',
        code: 'assess-plan',
        display: 'Assessment and Plan of Treatment',
      }),
    ],
    subject: chart.patient,
    period: { start: calendarDate(chart.event(updated, 110)) },
    careTeam: [{ reference: `CareTeam/${chart.id('team', 1, 0)}` }],
    addresses: [{ reference: `Condition/${chart.id('condition', 2, 0)}` }],
    goal: [{ reference: `Goal/${chart.id('goal', 1, 0)}` }],
    activity: [
      {
        detail: { status: 'in-progress', description: 'Synthetic exercise', performer: [chart.practitioner] },
      },
    ],
  })
  return { type: 'CarePlan', id: chart.id('plan', 1, 0), write }
}

function careTeam(chart: PatientChart): ResourceDraft {
  const write = (updated: number) => ({
    status: chart.index % 2 === 0 ? 'active' : 'inactive',
    name: `Synthetic team ${chart.index + 1}`,
    subject: chart.patient,
    period: { start: calendarDate(chart.event(updated, 120)) },
    participant: [
      { role: [codeableConcept(snomed('17561000', 'Cardiologist'))], member: chart.practitioner },
      { role: [codeableConcept(snomed('116154003', 'Patient'))], member: chart.patient },
    ],
  })
  return { type: 'CareTeam', id: chart.id('team', 1, 0), write }
}

function goal(chart: PatientChart): ResourceDraft {
  const write = (updated: number) => ({
    lifecycleStatus: chart.index % 2 === 0 ? 'active' : 'completed',
    description: { text: 'Synthetic goal: walk daily' },
    subject: chart.patient,
    startDate: calendarDate(chart.event(updated, 130)),
    target: [
      {
        measure: codeableConcept(loinc('41950-7', 'Number of steps in 24 hour Measured')),
        detailQuantity: ucumQuantity(4000 + 250 * (chart.index % 8), '{steps}/d'),
        dueDate: calendarDate(updated + 90 * millisecondsPerDay),
      },
    ],
  })
  return { type: 'Goal', id: chart.id('goal', 1, 0), write }
}

function device(chart: PatientChart): ResourceDraft {
  const write = () => ({
    udiCarrier: [
      { deviceIdentifier: `0000000000${chart.index}`, carrierHRF: `(01)0000000000${chart.index}` },
    ],
    status: chart.index % 2 === 0 ? 'active' : 'inactive',
    distinctIdentifier: `synthetic-${chart.index + 1}`,
    manufacturer: 'Synthetic Devices',
    deviceName: [{ name: 'Synthetic pacemaker', type: 'user-friendly-name' }],
    type: codeableConcept(snomed('14106009', 'Cardiac pacemaker')),
    patient: chart.patient,
  })
  return { type: 'Device', id: chart.id('device', 1, 0), write }
}

function coverage(chart: PatientChart): ResourceDraft {
  const write = (updated: number) => ({
    status: chart.index % 4 === 3 ? 'cancelled' : 'active',
    type: codeableConcept(tho('v3-ActCode', 'EHCPOL', 'extended healthcare')),
    subscriber: chart.patient,
    subscriberId: `SYN-${chart.index + 1}`,
    beneficiary: chart.patient,
    relationship: codeableConcept(tho('subscriber-relationship', 'self', 'Self')),
    period: { start: calendarDate(chart.event(updated, 140)) },
    payor: [chart.organization],
  })
  return { type: 'Coverage', id: chart.id('coverage', 1, 0), write }
}

function serviceRequest(chart: PatientChart): ResourceDraft {
  const write = (updated: number) => ({
    status: chart.index % 4 === 0 ? 'active' : 'completed',
    intent: 'order',
    category: [codeableConcept(snomed('108252007', 'Laboratory procedure'))],
    code: codeableConcept(loinc('2339-0', 'Glucose [Mass/volume] in Blood')),
    subject: chart.patient,
    encounter: { reference: `Encounter/${chart.id('encounter', 2, 0)}` },
    occurrenceDateTime: instant(chart.event(updated, 150), chart.index / 2),
    authoredOn: calendarDate(updated),
    requester: chart.practitioner,
  })
  return { type: 'ServiceRequest', id: chart.id('request', 1, 0), write }
}

function specimen(chart: PatientChart): ResourceDraft {
  const write = (updated: number) => ({
    status: chart.index % 4 === 0 ? 'available' : 'unavailable',
    type: codeableConcept(snomed('119297000', 'Blood specimen')),
    subject: chart.patient,
    collection: { collectedDateTime: instant(chart.event(updated, 160), chart.index / 2) },
  })
  return { type: 'Specimen', id: chart.id('specimen', 1, 0), write }
}

function relative(chart: PatientChart): ResourceDraft {
  const write = () => ({
    active: chart.index % 2 === 0,
    patient: chart.patient,
    relationship: [codeableConcept(tho('v3-RoleCode', 'PRN', 'parent'))],
    name: [{ family: `Parent-Synthetic-${chart.index + 1}`, given: ['Renée'] }],
    gender: chart.index % 2 === 0 ? 'male' : 'female',
  })
  return { type: 'RelatedPerson', id: chart.id('relative', 1, 0), write }
}

function form(chart: PatientChart): ResourceDraft {
  const write = (updated: number) => ({
    questionnaire: 'https://bulkcheck.example/Questionnaire/synthetic|1.0.0',
    status: chart.index % 2 === 0 ? 'completed' : 'in-progress',
    subject: chart.patient,
    authored: instant(updated, chart.index),
    author: chart.practitioner,
    item: [
      { linkId: '1', text: 'Do you exercise?', answer: [{ valueBoolean: chart.index % 2 === 0 }] },
      { linkId: '2', text: 'Anything else?', answer: [{ valueString: cyclicItem(phrases, chart.index) }] },
    ],
  })
  return { type: 'QuestionnaireResponse', id: chart.id('form', 1, 0), write }
}

/** Every second patient has two of different age for one Observation, the others one for a Condition and the Patient. */
function provenance(chart: PatientChart, which: number): ResourceDraft {
  const write = (updated: number) => ({
    target:
      chart.index % 2 === 0
        ? [{ reference: `Observation/${chart.id('obs', 6, 0)}` }]
        : [{ reference: `Condition/${chart.id('condition', 2, 0)}` }, chart.patient],
    recorded: instant(updated, chart.index + which),
    activity: codeableConcept(
      tho('v3-DataOperation', which === 0 ? 'CREATE' : 'UPDATE', which === 0 ? 'create' : 'revise'),
    ),
    agent: [
      {
        type: codeableConcept(tho('provenance-participant-type', 'author', 'Author')),
        who: chart.practitioner,
        onBehalfOf: chart.organization,
      },
    ],
  })
  return { type: 'Provenance', id: chart.id('provenance', 2, which), write }
}
