import { expect, test } from 'vitest'
import type { Resource } from '../population/model.ts'
import { parseResourceQuery } from './query.ts'

const patient: Resource = {
  resourceType: 'Patient',
  id: 'p1',
  meta: {
    lastUpdated: '2024-05-01T10:00:00.250+02:00',
    tag: [{ system: 'urn:tags', code: 'a' }],
    profile: ['http://example.org/profile'],
  },
  identifier: [{ system: 'urn:mrn', value: '12,3' }, { value: 'bare' }],
  active: true,
  name: [{ family: 'Núñez-Smith', given: ['Zoë', 'Ann'] }],
  gender: 'female',
  birthDate: '1980-03',
  address: [{ city: 'Testville', line: ['1 Main Street'] }],
  generalPractitioner: [{ reference: 'https://example.org/fhir/Practitioner/d1' }],
}
const observation: Resource = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  category: [{ coding: [{ system: 'urn:categories', code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '4548-4' }, { code: 'local' }], text: 'HbA1c' },
  subject: { reference: 'Patient/p1' },
  effectiveDateTime: '2023-06-15',
  valueQuantity: { value: 5.4, system: 'http://unitsofmeasure.org', code: '%', unit: 'percent' },
}
const encounter: Resource = {
  resourceType: 'Encounter',
  id: 'e1',
  status: 'finished',
  class: { system: 'urn:classes', code: 'AMB' },
  subject: { reference: 'Group/p1' },
  period: { start: '2023-01-10T08:00:00Z' },
}
const form: Resource = {
  resourceType: 'QuestionnaireResponse',
  id: 'q1',
  questionnaire: 'urn:form|2.0',
  status: 'completed',
}
const risk: Resource = {
  resourceType: 'RiskAssessment',
  id: 'r1',
  prediction: [{ probabilityDecimal: 0.25 }],
}
const set: Resource = { resourceType: 'ValueSet', id: 'v1', url: 'http://example.org/set', status: 'active' }
const resources: Readonly<Record<string, Resource>> = Object.fromEntries(
  [patient, observation, encounter, form, risk, set].map((each) => [each.resourceType, each]),
)

test.each([
  ['Patient', true],
  ['Patient?', true],
  ['Patient?_id=p1', true],
  ['Patient?_id=p2', false],
  ['Patient?_id=p2,p1', true],
  ['Patient?_tag=a', true],
  ['Patient?_tag=urn:tags|a', true],
  ['Patient?_tag=urn:other|a', false],
  ['Patient?_profile=http://example.org/profile', true],
  ['Patient?_profile=http://example.org/pro', false],
  // Tokens: code, implied system, boolean, Identifier, Coding, CodeableConcept.
  ['Patient?gender=female', true],
  ['Patient?gender=male', false],
  ['Patient?gender=male,female', true],
  ['Patient?gender=http://hl7.org/fhir/administrative-gender|female', true],
  ['Patient?gender=http://example.org|female', false],
  ['Patient?gender:not=male', true],
  ['Patient?gender:not=male,female', false],
  ['Patient?active=true', true],
  ['Patient?active=false', false],
  ['Patient?identifier=urn:mrn|12\\,3', true],
  ['Patient?identifier=12\\,3', true],
  ['Patient?identifier=12,3', false],
  ['Patient?identifier=urn:mrn|', true],
  ['Patient?identifier=urn:other|', false],
  ['Patient?identifier=|bare', true],
  ['Patient?identifier=|12\\,3', false],
  ['Observation?code=4548-4', true],
  ['Observation?code=http://loinc.org|4548-4', true],
  ['Observation?code=http://loinc.org|local', false],
  ['Observation?code=|local', true],
  ['Observation?code=HbA1c', false],
  ['Observation?code:not=http://loinc.org|4548-4', false],
  ['Observation?data-absent-reason:not=unknown', true],
  ['Encounter?class=AMB', true],
  ['Encounter?class=urn:classes|IMP', false],
  // Dates: the searched range, the element's range, prefixes, offsets, periods.
  ['Patient?birthdate=1980', true],
  ['Patient?birthdate=1980-03', true],
  ['Patient?birthdate=1980-03-15', false],
  ['Patient?birthdate=ne1980-03-15', true],
  ['Patient?birthdate=gt1980-03', false],
  ['Patient?birthdate=gt1980-03-15', true],
  ['Patient?birthdate=ge1980-03', true],
  ['Patient?birthdate=lt1980-04', true],
  ['Patient?birthdate=lt1980-03-01', false],
  ['Patient?birthdate=le1980-03', true],
  ['Patient?birthdate=sa1980-02', true],
  ['Patient?birthdate=sa1980-03-15', false],
  ['Patient?birthdate=eb1980-04', true],
  ['Patient?birthdate=eb1980-03-15', false],
  ['Patient?_lastUpdated=2024-05-01', true],
  ['Patient?_lastUpdated=2024-05-01T08:00:00Z', true],
  ['Patient?_lastUpdated=2024-05-01T08:00:00.250Z', true],
  ['Patient?_lastUpdated=2024-05-01T10:00:00 02:00', true],
  ['Patient?_lastUpdated=2024-05-01T10:00:00Z', false],
  ['Patient?_lastUpdated=gt2024-05-01T08:00:00Z', false],
  ['Patient?_lastUpdated=gt2024-05-01T07:59:59Z', true],
  ['Patient?_lastUpdated=ge2024-05-01T08:00:00.250Z', true],
  ['Patient?_lastUpdated=gt2024-05-01T08:00:00.250Z', false],
  ['Patient?_lastUpdated=lt2024-05-01T08:00Z', false],
  ['Patient?_lastUpdated=2024-05-01T08:00Z', true],
  ['Observation?date=ge2023-01-01&date=lt2024-01-01', true],
  ['Observation?date=ge2023-01-01&date=lt2023-06-01', false],
  ['Encounter?date=gt2030', true],
  ['Encounter?date=2023', false],
  ['Encounter?date=sa2023-01-09', true],
  ['Encounter?date=lt2023-01-10', false],
  ['Encounter?date=lt2023-01-11', true],
  // Strings.
  ['Patient?family=nun', true],
  ['Patient?family=SMITH', false],
  ['Patient?family:contains=smith', true],
  ['Patient?family:exact=Núñez-Smith', true],
  ['Patient?family:exact=núñez-smith', false],
  ['Patient?name=zoe', true],
  ['Patient?given=ann', true],
  ['Patient?given=nn', false],
  ['Patient?address=testv', true],
  ['Patient?address-city=Main', false],
  // References.
  ['Observation?subject=Patient/p1', true],
  ['Observation?subject=p1', true],
  ['Observation?patient=p1', true],
  ['Observation?patient=Patient/p1', true],
  ['Observation?subject=Group/p1', false],
  ['Observation?subject=https://example.org/fhir/Patient/p1', true],
  ['Encounter?subject=p1', true],
  ['Encounter?patient=p1', false],
  ['Patient?general-practitioner=Practitioner/d1', true],
  ['Patient?general-practitioner=https://example.org/fhir/Practitioner/d1', true],
  ['Patient?general-practitioner=https://elsewhere.example/fhir/Practitioner/d1', false],
  ['QuestionnaireResponse?questionnaire=urn:form', true],
  ['QuestionnaireResponse?questionnaire=urn:form|1.0', false],
  // Quantities, numbers, uris.
  ['Observation?value-quantity=5.4', true],
  ['Observation?value-quantity=5', true],
  ['Observation?value-quantity=5.40', true],
  ['Observation?value-quantity=5.5', false],
  ['Observation?value-quantity=5.4|http://unitsofmeasure.org|%', true],
  ['Observation?value-quantity=5.4|http://unitsofmeasure.org|g', false],
  ['Observation?value-quantity=5.4||percent', true],
  ['Observation?value-quantity=gt5', true],
  ['Observation?value-quantity=gt5.4', false],
  ['Observation?value-quantity=ge5.4', true],
  ['Observation?value-quantity=lt5.4', false],
  ['Observation?value-quantity=le54e-1', true],
  ['Observation?value-quantity=ne5.4', false],
  ['RiskAssessment?probability=0.25', true],
  ['RiskAssessment?probability=gt0.25', false],
  ['ValueSet?url=http://example.org/set', true],
  ['ValueSet?url=http://example.org/', false],
  // Missing, and, or.
  ['Observation?specimen:missing=true', true],
  ['Observation?specimen:missing=false', false],
  ['Observation?status:missing=false', true],
  ['Observation?status=final&category=laboratory', true],
  ['Observation?status=final&category=vital-signs', false],
  ['Observation?status=amended,final&category=laboratory,vital-signs', true],
])('%s: %s', (text, expected) => {
  const query = parseResourceQuery(text)
  if ('unsupported' in query) throw new Error(query.unsupported)
  expect(query.test(resources[query.type] ?? patient)).toBe(expected)
})

test.each([
  ['Observation?foo=1', 'Observation has no search parameter foo'],
  ['Observation?_sort=date', 'Observation has no search parameter _sort'],
  ['Patient?_include=Patient:organization', 'Patient has no search parameter _include'],
  ['Patient?_count=1', 'Patient has no search parameter _count'],
  ['Patient?constructor=1', 'Patient has no search parameter constructor'],
  ['Observation?subject.name=x', 'Observation has no search parameter subject.name'],
  ['Observation?code:in=urn:set', 'Observation: search parameter code has no modifier in'],
  ['Patient?gender:exact=male', 'Patient: search parameter gender has no modifier exact'],
  ['Patient?birthdate:not=1980', 'Patient: search parameter birthdate has no modifier not'],
  [
    'Patient?birthdate=ap1980',
    'Patient: a value of birthdate is not a valid date, or has an unsupported prefix',
  ],
  [
    'Patient?birthdate=1980-02-30',
    'Patient: a value of birthdate is not a valid date, or has an unsupported prefix',
  ],
  [
    'Patient?birthdate=1980,x',
    'Patient: a value of birthdate is not a valid date, or has an unsupported prefix',
  ],
  [
    'Observation?value-quantity=high',
    'Observation: a value of value-quantity is not a valid quantity, or has an unsupported prefix',
  ],
  [
    'Observation?value-quantity=1|2',
    'Observation: a value of value-quantity is not a valid quantity, or has an unsupported prefix',
  ],
  ['Patient?gender=', 'Patient: search parameter gender has no value'],
  ['Patient?gender', 'Patient: search parameter gender has no value'],
  ['Patient?gender=male,', 'Patient: search parameter gender has no value'],
  ['Patient?gender:missing=maybe', 'Patient: gender:missing is neither true nor false'],
  ['Patients?gender=male', 'Patients is not a resource type of FHIR R4'],
  ['', 'An empty text is not a resource type of FHIR R4'],
])('%s is not supported', (text, unsupported) => {
  expect(parseResourceQuery(text)).toEqual({ unsupported })
})

test('a query matches no resource of another type', () => {
  const query = parseResourceQuery('Observation?_id=p1')
  expect('test' in query && query.test(patient)).toBe(false)
})
