import { expect, test } from 'vitest'
import { compartmentLookup, isCompartmentType, groupMembers, patientsInCompartment } from './compartment.ts'
import type { Resource } from './model.ts'
import { r4Types } from './resource-types.ts'

const of = (resourceType: string, elements: Record<string, unknown>): Resource => ({
  resourceType,
  id: 'x',
  ...elements,
})
const p = (id: string) => ({ reference: `Patient/${id}` })

test.each([
  ['the patient itself', of('Patient', {}), ['x']],
  ['a linked patient', of('Patient', { link: [{ other: p('2'), type: 'seealso' }] }), ['x', '2']],
  ['a subject', of('Observation', { subject: p('1') }), ['1']],
  [
    'an absolute reference',
    of('Observation', { subject: { reference: 'https://example.org/fhir/Patient/1' } }),
    ['1'],
  ],
  [
    'a version-specific reference',
    of('Observation', { subject: { reference: 'Patient/1/_history/2' } }),
    ['1'],
  ],
  ['each patient once', of('Observation', { subject: p('1'), performer: [p('1'), p('2')] }), ['1', '2']],
  ['a subject of another type', of('Observation', { subject: { reference: 'Group/1' } }), []],
  ['a type whose name ends alike', of('Observation', { subject: { reference: 'NotPatient/1' } }), []],
  ['a nested path', of('CarePlan', { activity: [{ detail: { performer: [p('1')] } }] }), ['1']],
  ['an element that does not count', of('Encounter', { participant: [{ individual: p('1') }] }), []],
  ['a policy holder', of('Coverage', { policyHolder: p('1'), beneficiary: p('2') }), ['1', '2']],
  ['members of a Group', of('Group', { member: [{ entity: p('1') }, { entity: p('2') }] }), ['1', '2']],
  ['a Device, which has no compartment', of('Device', { patient: p('1') }), []],
  [
    'a direct target of Provenance',
    of('Provenance', { target: [p('1'), { reference: 'Observation/o' }] }),
    ['1'],
  ],
])('patientsOf: %s', (_, resource, expected) => {
  expect(patientsInCompartment(resource)).toEqual(expected)
})

test('Provenance is in the compartments of what it targets', () => {
  const observation: Resource = { resourceType: 'Observation', id: 'o', subject: p('2') }
  const compartments = compartmentLookup({ resources: [observation], deletions: [] })
  const target = [p('1'), { reference: 'Observation/o' }, { reference: 'Observation/gone' }]
  expect(compartments(of('Provenance', { target }))).toEqual(['1', '2'])
  expect(compartments(of('Provenance', { target: [{ reference: 'Organization/1' }] }))).toEqual([])
  expect(compartments(observation)).toEqual(['2'])
})

test('the types of R4', () => {
  expect(r4Types().size).toBe(146)
  expect(r4Types().has('Parameters')).toBe(true)
  expect(r4Types().has('DomainResource')).toBe(false)
  expect([...r4Types()].filter(isCompartmentType)).toHaveLength(66)
  expect(isCompartmentType('Patient')).toBe(true)
  expect(isCompartmentType('Organization')).toBe(false)
  expect(isCompartmentType('toString')).toBe(false)
})

test('members are active Patients, each once', () => {
  const member = [
    { entity: p('1') },
    { entity: p('2'), inactive: true },
    { entity: p('3'), inactive: false },
    { entity: { reference: 'Practitioner/4' } },
    { entity: p('1') },
    { entity: { display: 'no reference' } },
  ]
  expect(groupMembers(of('Group', { member }))).toEqual(['1', '3'])
  expect(groupMembers(of('Group', {}))).toEqual([])
})
