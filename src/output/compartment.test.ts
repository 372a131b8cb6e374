import { expect, test } from 'vitest'
import { doubtfulMembers, localReference, compartmentPatients } from './compartment.ts'

const base = 'https://fhir.example'
const p1 = { reference: 'Patient/p1' }
const p2 = { reference: 'https://fhir.example/Patient/p2/_history/1' }

test.each([
  ['Patient', { id: 'p1', link: [{ other: p2 }] }, ['Patient/p1']],
  ['Observation', { subject: p1 }, ['Patient/p1']],
  [
    'Observation',
    { subject: p1, performer: [p2, { reference: 'Practitioner/d' }] },
    ['Patient/p1', 'Patient/p2'],
  ],
  ['Observation', { subject: { reference: 'Group/g' } }, []],
  ['Observation', { subject: { reference: 'https://elsewhere.example/Patient/p1' } }, []],
  ['Observation', { subject: { display: 'someone' } }, []],
  ['AllergyIntolerance', { patient: p1, recorder: p2 }, ['Patient/p1', 'Patient/p2']],
  ['Appointment', { participant: [{ actor: p1 }, { actor: p2 }] }, ['Patient/p1', 'Patient/p2']],
  ['Encounter', { subject: p1 }, ['Patient/p1']],
  ['Group', { member: [{ entity: p1 }, { entity: p1 }] }, ['Patient/p1']],
  ['CarePlan', { subject: p1, activity: [{ detail: { performer: [p2] } }] }, ['Patient/p1', 'Patient/p2']],
  ['Coverage', { beneficiary: p1, payor: [{ reference: 'Organization/o' }] }, ['Patient/p1']],
  ['SupplyRequest', { deliverTo: p1 }, ['Patient/p1']],
  ['Provenance', { target: [{ reference: 'Observation/o' }, p1] }, ['Patient/p1']],
  ['Organization', { partOf: p1 }, []],
  ['Device', { patient: p1 }, []],
  ['Medication', {}, []],
] as const)('%s %# is in the compartments of its patients', (resourceType, rest, patients) => {
  expect(compartmentPatients({ resourceType, ...rest }, base)).toEqual(patients)
})

test.each([
  ['Patient/p1', 'Patient/p1'],
  ['Patient/p1/_history/2', 'Patient/p1'],
  ['https://fhir.example/Patient/p1', 'Patient/p1'],
  ['https://fhir.example.evil/Patient/p1', undefined],
  ['#p1', undefined],
  ['Patient?identifier=1', undefined],
  ['urn:uuid:1', undefined],
  [7, undefined],
])('%s leads to %s', (reference, wanted) => {
  expect(localReference(reference, base)).toBe(wanted)
})

test('members that are inactive, limited in time, or groups may not count', () => {
  const member = [
    { entity: { reference: 'Patient/a' } },
    { entity: { reference: 'Patient/b' }, inactive: true },
    { entity: { reference: 'Patient/c' }, period: { end: '2020' } },
    { entity: { reference: 'Group/d' } },
  ]
  expect(doubtfulMembers({ resourceType: 'Group', member }, base)).toEqual([
    'Patient/b',
    'Patient/c',
    'Group/d',
  ])
  expect(doubtfulMembers({ resourceType: 'List', member }, base)).toEqual([])
})
