import { describe, expect, test } from 'vitest'
import { parseTypeFilter } from './query.ts'

const base = 'https://fhir.example'
const concept = (code: string, system?: string) => ({ coding: [{ code, ...(system ? { system } : {}) }] })
const loinc = 'http://loinc.org'

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  meta: {
    lastUpdated: '2024-03-05T10:00:00.500Z',
    tag: [{ system: 'urn:t', code: 'x' }],
    profile: ['http://a.example/p'],
  },
  gender: 'female',
  birthDate: '1980-06-15',
  active: true,
  name: [{ family: 'Müller-Núñez', given: ['Ana', 'María'] }],
  address: [{ city: 'San  José' }],
  identifier: [{ system: 'urn:mrn', value: 'A|1' }],
  generalPractitioner: [{ reference: 'Practitioner/d1' }],
}
const observation = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  category: [concept('laboratory', 'urn:cat'), concept('exam')],
  code: { coding: [{ system: loinc, code: '718-7' }], text: 'Hemoglobin' },
  subject: { reference: 'Patient/p1' },
  performer: [{ reference: 'https://fhir.example/Practitioner/d1/_history/3' }],
  effectiveDateTime: '2024-03-05',
  valueQuantity: { value: 13.5, unit: 'g/dl', system: 'http://unitsofmeasure.org', code: 'g/dL' },
}
const encounter = {
  resourceType: 'Encounter',
  class: { system: 'urn:act', code: 'AMB' },
  status: 'finished',
  period: { start: '2024-03-01', end: '2024-03-10T12:00:00Z' },
}
const open = { resourceType: 'Encounter', period: { start: '2024-03-01' } }
const risk = {
  resourceType: 'RiskAssessment',
  prediction: [{ probabilityDecimal: 0.25 }, { probabilityDecimal: 0.8 }],
}
const few = { resourceType: 'Observation', valueQuantity: { value: 5, comparator: '<' } }
const timed = { resourceType: 'Observation', effectiveTiming: { repeat: {} } }
const precise = { resourceType: 'Observation', effectiveDateTime: '2024-03-05T23:30:00-02:00' }

describe('evaluation of _typeFilter queries', () => {
  test.each<readonly [string, Readonly<Record<string, unknown>>, boolean]>([
    // token
    ['Patient?gender=female', patient, true],
    ['Patient?gender=male', patient, false],
    ['Patient?gender=Female', patient, false],
    ['Patient?gender=male,female', patient, true],
    ['Patient?gender:not=male', patient, true],
    ['Patient?gender:not=male,female', patient, false],
    ['Patient?active=true', patient, true],
    ['Patient?active=false', patient, false],
    ['Patient?_id=p1', patient, true],
    ['Patient?_tag=urn:t|x', patient, true],
    ['Patient?_tag=urn:u|x', patient, false],
    ['Patient?_tag=x', patient, true],
    ['Observation?category=laboratory', observation, true],
    ['Observation?category=exam', observation, true],
    ['Observation?category=urn:cat|laboratory', observation, true],
    ['Observation?category=urn:cat|exam', observation, false],
    ['Observation?category=|exam', observation, true],
    ['Observation?category=|laboratory', observation, false],
    ['Observation?category=urn:cat|', observation, true],
    ['Observation?category=urn:no|', observation, false],
    ['Observation?category:not=imaging', observation, true],
    ['Observation?code=http://loinc.org|718-7', observation, true],
    ['Observation?code=http%3A%2F%2Floinc.org%7C718-7', observation, true],
    ['Observation?code=718', observation, false],
    ['Observation?code=Hemoglobin', observation, false],
    ['Observation?data-absent-reason:not=unknown', observation, true],
    ['Patient?identifier=urn:mrn|A\\|1', patient, true],
    ['Encounter?class=AMB', encounter, true],
    ['Encounter?class=urn:act|IMP', encounter, false],
    // missing
    ['Observation?status:missing=false', observation, true],
    ['Observation?status:missing=true', observation, false],
    ['Observation?method:missing=true', observation, true],
    // and, or
    ['Observation?status=final&category=laboratory', observation, true],
    ['Observation?status=final&category=imaging', observation, false],
    ['Observation?status=amended,final&category=imaging,exam', observation, true],
    ['Observation?category=laboratory&category=exam', observation, true],
    // date, by precision
    ['Patient?birthdate=1980', patient, true],
    ['Patient?birthdate=1980-06', patient, true],
    ['Patient?birthdate=1980-06-15', patient, true],
    ['Patient?birthdate=1980-06-15T10:00:00Z', patient, false],
    ['Patient?birthdate=eq1981', patient, false],
    ['Patient?birthdate=ne1981', patient, true],
    ['Patient?birthdate=ne1980', patient, false],
    ['Patient?birthdate=lt1980-06-15', patient, false],
    ['Patient?birthdate=lt1980-06-16', patient, true],
    ['Patient?birthdate=lt1980', patient, false],
    ['Patient?birthdate=le1980-06-15', patient, true],
    ['Patient?birthdate=gt1980-06-15', patient, false],
    ['Patient?birthdate=gt1980-06-14', patient, true],
    ['Patient?birthdate=ge1980-06-15', patient, true],
    ['Patient?birthdate=ge1980', patient, true],
    ['Patient?birthdate=sa1980-06-14', patient, true],
    ['Patient?birthdate=sa1980-06-15', patient, false],
    ['Patient?birthdate=eb1980-06-16', patient, true],
    ['Patient?birthdate=eb1980-06-15', patient, false],
    ['Patient?_lastUpdated=gt2024-03-05T10:00:00Z', patient, false],
    ['Patient?_lastUpdated=ge2024-03-05T10:00:00.500Z', patient, true],
    ['Patient?_lastUpdated=gt2024-03-05T10:00:00.499Z', patient, true],
    ['Patient?_lastUpdated=2024-03-05T10:00:00Z', patient, true],
    ['Patient?_lastUpdated=2024-03-05T12:00%2B02:00', patient, true],
    ['Observation?date=ge2024-01-01', observation, true],
    ['Observation?date=ge2024-03-06', observation, false],
    ['Observation?date=2024-03-06', precise, true],
    ['Observation?date=2024-03-05', precise, false],
    // date against a period
    ['Encounter?date=2024-03', encounter, true],
    ['Encounter?date=2024-03-05', encounter, false],
    ['Encounter?date=lt2024-03-05', encounter, true],
    ['Encounter?date=gt2024-03-05', encounter, true],
    ['Encounter?date=sa2024-02-28', encounter, true],
    ['Encounter?date=eb2024-03-10', encounter, false],
    ['Encounter?date=gt2030', open, true],
    ['Encounter?date=2024', open, false],
    // string
    ['Patient?family=müller', patient, true],
    ['Patient?family=muller', patient, true],
    ['Patient?family=nunez', patient, false],
    ['Patient?family:contains=nunez', patient, true],
    ['Patient?family:exact=Müller-Núñez', patient, true],
    ['Patient?family:exact=müller-núñez', patient, false],
    ['Patient?given=mar', patient, true],
    ['Patient?name=ana', patient, true],
    ['Patient?address-city=san jose', patient, true],
    ['Patient?family=smith,mueller', patient, false],
    // number
    ['RiskAssessment?probability=gt0.5', risk, true],
    ['RiskAssessment?probability=0.3', risk, true],
    ['RiskAssessment?probability=0.30', risk, false],
    ['RiskAssessment?probability=lt0.25', risk, false],
    ['RiskAssessment?probability=8e-1', risk, true],
    // quantity
    ['Observation?value-quantity=gt10', observation, true],
    ['Observation?value-quantity=gt13.5', observation, false],
    ['Observation?value-quantity=ge13.5', observation, true],
    ['Observation?value-quantity=13.5', observation, true],
    ['Observation?value-quantity=14', observation, true],
    ['Observation?value-quantity=14.0', observation, false],
    ['Observation?value-quantity=13.5||g/dl', observation, true],
    ['Observation?value-quantity=13.5||g/dL', observation, true],
    ['Observation?value-quantity=13.5||mg', observation, false],
    ['Observation?value-quantity=13.5|http://unitsofmeasure.org|g/dL', observation, true],
    ['Observation?value-quantity=13.5|http://unitsofmeasure.org|g/dl', observation, false],
    // reference
    ['Observation?subject=Patient/p1', observation, true],
    ['Observation?subject=p1', observation, true],
    ['Observation?patient=p1', observation, true],
    ['Observation?patient=Patient/p2', observation, false],
    ['Observation?subject:Patient=p1', observation, true],
    ['Observation?subject:Group=p1', observation, false],
    ['Observation?subject=https://fhir.example/Patient/p1', observation, true],
    ['Observation?performer=Practitioner/d1', observation, true],
    ['Observation?encounter=Encounter/e1', observation, false],
    ['Patient?_profile=http://a.example/p', patient, true],
    ['Patient?_profile=http://a.example', patient, false],
    ['Observation?specimen:missing=true', observation, true],
    ['Observation?patient:missing=false', observation, true],
    ['Observation?patient:missing=true', { subject: { reference: 'Group/g' } }, true],
    // Types that no table by hand had.
    ['Basic?created=2024', { created: '2024-02-01' }, true],
    ['Appointment?status=booked', { status: 'booked' }, true],
    ['Immunization?date=2024', { occurrenceDateTime: '2024-02-01' }, true],
  ])('%s', (query, resource, meets) => {
    expect(parseTypeFilter(query, base)?.meets(resource)).toBe(meets)
  })

  test.each([
    'Patient?nickname=x',
    'Patient?gender',
    'Patient?gender=',
    'Patient?gender:text=fem',
    'Patient?gender:in=http://a.example/vs',
    'Patient?gender=http://hl7.org/fhir/administrative-gender|female',
    'Patient?birthdate=ap1980',
    'Patient?birthdate=yesterday',
    'Patient?general-practitioner.name=x',
    'Patient?general-practitioner:Practitioner.name=x',
    'Patient?_sort=name',
    'Patient?email=a',
    'Patient?deceased=true',
    'Patient?constructor=x',
    'Resource?_id=x',
    'constructor?name=x',
    'Patient?_has:Observation:patient:code=x',
    'Patient?gender:missing=maybe',
    'Observation?value-quantity=x',
    'Observation?value-quantity=5|http://unitsofmeasure.org',
    'Observation?patient=https://elsewhere.example/Patient/p1',
    'Observation?code-value-quantity=718-7$gt5',
    'Patient?family=%E0%A4%A',
    'Starship?name=x',
    'gender=female',
  ])('%s is beyond the harness', (query) => {
    expect(parseTypeFilter(query, base)).toBeUndefined()
  })

  test.each([
    ['Observation?value-quantity=lt10', few],
    ['Observation?date=ge2020', timed],
    ['Patient?_profile=http://a.example/p', { meta: { profile: ['http://a.example/p|1.0'] } }],
    ['Immunization?date=2024', { occurrenceString: '2024' }],
    ['Immunization?date:missing=true', { occurrenceString: '2024' }],
    ['Observation?patient:missing=true', { subject: { reference: 'https://elsewhere.example/Patient/p1' } }],
    ['Observation?value-quantity=lt10', { valueSampledData: { data: '1 2' } }],
    ['Observation?date=ge2020', { resourceType: 'Observation', effectiveDateTime: 'last week' }],
  ])('%s is undecided for some resources', (query, resource) => {
    expect(parseTypeFilter(query, base)?.meets(resource)).toBeUndefined()
  })
})
