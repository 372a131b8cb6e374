import type { ResourceDraft } from './draft.ts'
import {
  allergens,
  codeableConcept,
  drugs,
  loinc,
  phrases,
  diagnoses,
  procedures,
  ucumQuantity,
  remarks,
  snomed,
  tho,
  vaccines,
} from './terms.ts'
import { cyclicItem } from './random.ts'
import { calendarDate, millisecondsPerDay, instant } from './dates.ts'
import type { PatientChart } from './chart.ts'

/** The clinical resources of a chart: encounters, problems, results, allergies, vaccinations, orders, procedures. */
export function clinicalDrafts(chart: PatientChart): ResourceDraft[] {
  const { index } = chart
  return [
    encounter(chart, 0),
    encounter(chart, 1),
    condition(chart, 0),
    condition(chart, 1),
    ...[0, 1, 2, 3, 4, 5].map((which) => observation(chart, which)),
    ...(index % 5 === 4 ? [] : [allergy(chart)]),
    immunization(chart, 0),
    ...(index % 2 === 0 ? [immunization(chart, 1)] : []),
    medicationRequest(chart, 0),
    medicationRequest(chart, 1),
    procedure(chart, 0),
    ...(index % 3 === 0 ? [procedure(chart, 1)] : []),
    report(chart, 0),
    ...(index % 4 === 0 ? [report(chart, 1)] : []),
  ]
}

const clinicalStatus = (code: string) =>
  codeableConcept(tho('condition-clinical', code, code === 'active' ? 'Active' : 'Resolved'))

function encounter(chart: PatientChart, which: number): ResourceDraft {
  const running = which === 1 && chart.index % 3 === 0
  const [kind, display] = cyclicItem(
    [
      ['AMB', 'ambulatory'],
      ['EMER', 'emergency'],
      ['IMP', 'inpatient encounter'],
    ] as const,
    chart.index + which,
  )
  const write = (updated: number) => {
    const start = chart.event(updated, 10 + which)
    return {
      status: running ? 'in-progress' : 'finished',
      class: tho('v3-ActCode', kind, display),
      type: [codeableConcept(snomed('308335008', 'Patient encounter procedure'))],
      subject: chart.patient,
      participant: [{ individual: chart.practitioner }],
      period: {
        start: instant(start, chart.index),
        ...(running ? {} : { end: instant(start + 5_400_000, chart.index) }),
      },
      location: [{ location: chart.location }],
      serviceProvider: chart.organization,
    }
  }
  return { type: 'Encounter', id: chart.id('encounter', 2, which), write }
}

function condition(chart: PatientChart, which: number): ResourceDraft {
  const resolved = which === 1 && chart.index % 3 !== 2
  const category = which === 0 ? 'problem-list-item' : 'encounter-diagnosis'
  const write = (updated: number) => {
    const onset = calendarDate(chart.event(updated, 20 + which))
    return {
      clinicalStatus: clinicalStatus(resolved ? 'resolved' : 'active'),
      verificationStatus: codeableConcept(tho('condition-ver-status', 'confirmed', 'Confirmed')),
      category: [codeableConcept(tho('condition-category', category, category))],
      code: codeableConcept(cyclicItem(diagnoses, chart.index + which * 2)),
      subject: chart.link(chart.patient.reference),
      encounter: { reference: `Encounter/${chart.id('encounter', 2, which)}` },
      onsetDateTime: [onset, onset.slice(0, 7), onset, onset.slice(0, 4)][(chart.index + which) % 4],
      ...(resolved ? { abatementDateTime: calendarDate(updated) } : {}),
      recordedDate: calendarDate(updated),
      ...(which === 0 ? { note: [{ text: cyclicItem(remarks, chart.index) }] } : {}),
    }
  }
  return { type: 'Condition', id: chart.id('condition', 2, which), write }
}

const category = (code: string, display: string) => [
  codeableConcept(tho('observation-category', code, display)),
]
const laboratory = category('laboratory', 'Laboratory')
const vitalSigns = category('vital-signs', 'Vital Signs')
const socialHistory = category('social-history', 'Social History')

/** Value from low to high, to the precision of `digits` after the point. */
const scaled = (share: number, [low, high, digits]: readonly [number, number, number]) =>
  Number((low + (high - low) * share).toFixed(digits))

const measured = [
  { term: loinc('2339-0', 'Glucose [Mass/volume] in Blood'), unit: 'mg/dL', range: [70, 250, 0] },
  { term: loinc('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'), unit: '%', range: [4.5, 12, 1] },
  { term: loinc('8867-4', 'Heart rate'), unit: '/min', range: [50, 120, 0] },
  { term: loinc('29463-7', 'Body weight'), unit: 'kg', range: [12, 120, 2] },
] as const

const observed = [
  measured[0].term,
  measured[1].term,
  measured[2].term,
  measured[3].term,
  loinc('85354-9', 'Blood pressure panel with all children optional'),
  loinc('72166-2', 'Tobacco smoking status'),
] as const

function bloodPressure(spread: number) {
  const component = (code: string, display: string, value: number) => ({
    code: codeableConcept(loinc(code, display)),
    valueQuantity: ucumQuantity(value, 'mm[Hg]'),
  })
  return {
    component: [
      component('8480-6', 'Systolic blood pressure', scaled(spread, [95, 180, 0])),
      component('8462-4', 'Diastolic blood pressure', scaled(spread, [55, 110, 0])),
    ],
  }
}

function smoking(index: number) {
  const term = index % 3 === 1 ? snomed('77176002', 'Smoker') : snomed('266919005', 'Never smoked tobacco')
  return { valueCodeableConcept: codeableConcept(term) }
}

function value(chart: PatientChart, which: number) {
  if (which === 4) return bloodPressure(chart.spread(34))
  if (which === 5) return smoking(chart.index)
  if (which === 1 && chart.index % 7 === 5)
    return { dataAbsentReason: codeableConcept(tho('data-absent-reason', 'unknown', 'Unknown')) }
  const { unit, range } = cyclicItem(measured, which)
  return { valueQuantity: ucumQuantity(scaled(chart.spread(30 + which), range), unit) }
}

/** The profiles of vital signs and results require at least a day; those of vital signs and smoking status allow no Period. */
function effective(at: number, notation: number, { result, vital }: ObservationKind) {
  if (result && notation % 6 === 4)
    return { effectivePeriod: { start: instant(at, 0), end: instant(at + millisecondsPerDay / 2, 2) } }
  if (!result && !vital && notation % 3 === 2) return { effectiveDateTime: calendarDate(at).slice(0, 7) }
  return { effectiveDateTime: notation % 2 === 1 ? calendarDate(at) : instant(at, notation / 2) }
}

interface ObservationKind {
  readonly result: boolean
  readonly vital: boolean
}

function observation(chart: PatientChart, which: number): ResourceDraft {
  const kind: ObservationKind = { result: which < 2, vital: which >= 2 && which <= 4 }
  const turn = chart.index + which
  const write = (updated: number) => ({
    status: which === 5 ? 'final' : turn % 4 === 1 ? 'amended' : turn % 6 === 2 ? 'preliminary' : 'final',
    category: kind.result ? laboratory : kind.vital ? vitalSigns : socialHistory,
    code: codeableConcept(cyclicItem(observed, which)),
    subject: which === 2 ? chart.link(chart.patient.reference) : chart.patient,
    encounter: { reference: `Encounter/${chart.id('encounter', 2, which % 2)}` },
    ...effective(chart.event(updated, 40 + which), turn, kind),
    issued: instant(updated, turn),
    performer: [chart.practitioner],
    ...value(chart, which),
    ...(which === 0 ? { note: [{ text: cyclicItem(remarks, chart.index + 2) }] } : {}),
    ...(which === 0 && chart.index % 2 === 0
      ? { specimen: { reference: `Specimen/${chart.id('specimen', 1, 0)}` } }
      : {}),
  })
  return { type: 'Observation', id: chart.id('obs', 6, which), write }
}

function allergy(chart: PatientChart): ResourceDraft {
  const resolved = chart.index % 3 === 1
  const { term, category } = cyclicItem(allergens, chart.index)
  const write = (updated: number) => ({
    clinicalStatus: codeableConcept(
      tho('allergyintolerance-clinical', resolved ? 'resolved' : 'active', resolved ? 'Resolved' : 'Active'),
    ),
    verificationStatus: codeableConcept(tho('allergyintolerance-verification', 'confirmed', 'Confirmed')),
    type: 'allergy',
    category: [category],
    criticality: chart.index % 2 === 0 ? 'low' : 'high',
    code: codeableConcept(term),
    patient: chart.patient,
    onsetDateTime: calendarDate(chart.event(updated, 50)),
    recordedDate: calendarDate(updated),
    recorder: chart.practitioner,
    reaction: [
      {
        manifestation: [codeableConcept(snomed('126485001', 'Urticaria'))],
        severity: cyclicItem(['mild', 'severe'], chart.index),
      },
    ],
  })
  return { type: 'AllergyIntolerance', id: chart.id('allergy', 1, 0), write }
}

function immunization(chart: PatientChart, which: number): ResourceDraft {
  const refused = (chart.index + which) % 3 === 1
  const write = (updated: number) => ({
    status: refused ? 'not-done' : 'completed',
    ...(refused ? { statusReason: codeableConcept(tho('v3-ActReason', 'PATOBJ', 'patient objection')) } : {}),
    vaccineCode: codeableConcept(cyclicItem(vaccines, chart.index + which)),
    patient: chart.patient,
    occurrenceDateTime: calendarDate(chart.event(updated, 60 + which)),
    primarySource: !refused,
    ...(refused ? {} : { lotNumber: `LOT-${chart.index}-${which}` }),
  })
  return { type: 'Immunization', id: chart.id('immunization', 2, which), write }
}

/** The first names a Medication; the second contains one, or has a code, in turn. */
function drug(chart: PatientChart, which: number) {
  const code = codeableConcept(cyclicItem(drugs, chart.index + which))
  if (which === 0)
    return { medicationReference: { reference: `Medication/medication-00${1 + (chart.index % 4)}` } }
  if (chart.index % 2 === 1) return { medicationCodeableConcept: code }
  return {
    contained: [{ resourceType: 'Medication', id: 'drug', code, status: 'active' }],
    medicationReference: { reference: '#drug' },
  }
}

function medicationRequest(chart: PatientChart, which: number): ResourceDraft {
  const write = (updated: number) => ({
    ...drug(chart, which),
    status: cyclicItem(['active', 'completed', 'stopped'], chart.index * 2 + which),
    intent: 'order',
    subject: chart.patient,
    encounter: { reference: `Encounter/${chart.id('encounter', 2, which)}` },
    authoredOn: instant(chart.event(updated, 70 + which), chart.index),
    requester: chart.practitioner,
    dosageInstruction: [
      {
        text: 'One tablet daily – synthetic',
        timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
        doseAndRate: [{ doseQuantity: ucumQuantity(1, '{tbl}') }],
      },
    ],
  })
  return { type: 'MedicationRequest', id: chart.id('order', 2, which), write }
}

function procedure(chart: PatientChart, which: number): ResourceDraft {
  const running = (chart.index + which) % 4 === 1
  const write = (updated: number) => {
    const start = chart.event(updated, 80 + which)
    return {
      status: running ? 'in-progress' : 'completed',
      code: codeableConcept(cyclicItem(procedures, chart.index + which)),
      subject: chart.patient,
      encounter: { reference: `Encounter/${chart.id('encounter', 2, which)}` },
      ...(chart.index % 3 === 2
        ? { performedPeriod: { start: instant(start, 1), end: instant(start + 3_600_000, 1) } }
        : { performedDateTime: chart.index % 2 === 0 ? calendarDate(start) : instant(start, 3) }),
      performer: [{ actor: chart.practitioner }],
    }
  }
  return { type: 'Procedure', id: chart.id('procedure', 2, which), write }
}

function report(chart: PatientChart, which: number): ResourceDraft {
  const write = (updated: number) => ({
    status: cyclicItem(['final', 'amended', 'preliminary'], chart.index + which),
    category: [codeableConcept(tho('v2-0074', 'LAB', 'Laboratory'))],
    code: codeableConcept(loinc('51990-0', 'Basic metabolic panel - Blood')),
    subject: chart.patient,
    encounter: { reference: `Encounter/${chart.id('encounter', 2, which)}` },
    effectiveDateTime: instant(chart.event(updated, 90 + which), chart.index),
    issued: instant(updated, chart.index + 1),
    performer: [chart.organization],
    result: [0, 1].map((at) => ({ reference: `Observation/${chart.id('obs', 6, at)}` })),
    conclusion: cyclicItem(phrases, chart.index + 1),
  })
  return { type: 'DiagnosticReport', id: chart.id('report', 2, which), write }
}
