import { expect, test } from 'vitest'
import { codesOfSystem, codeSystems } from '../../r4/code-systems.ts'
import { codeOutsideSystem } from './code-of-system.ts'
import { isUcumUnit } from './ucum.ts'

const ucum = 'http://unitsofmeasure.org'

test('the usual units of R4 are units', () => {
  const usual = [...(codesOfSystem(ucum) ?? [])]
  expect(usual.length).toBeGreaterThan(1000)
  expect(usual.filter((it) => !isUcumUnit(it))).toEqual([])
})

test.each([
  'mm[Hg]',
  '10*3/uL',
  '10*-3.[IU]',
  'mL/min/{1.73_m2}',
  'mL/min/1.73.m2',
  '{score}',
  '/[HPF]',
  '1',
  '%',
  'kg.m-2',
  'm/s2',
  "[in_i'H2O]",
  'cm[H2O]',
  'mmol/(24.h)',
  '/(12.h)',
  'B[10.nV]',
  'dB[SPL]',
  '[degF]',
  'Cel',
  'KiBy',
  'a',
])('%s is a unit', (it) => expect(isUcumUnit(it)).toBe(true))

test.each([
  '',
  '/',
  'mmHg',
  'mcg',
  'ml/hr',
  'TAB',
  'mEq',
  'k%',
  'kmm',
  'm0',
  'm//s',
  'm.',
  '(m',
  'm)',
  '{a',
  '{a{b}}',
  'lbs',
  ' mg',
  'mg ',
  '0',
  '1.5e3',
  'µg',
  'm'.repeat(300),
])('%s is not a unit', (it) => expect(isUcumUnit(it)).toBe(false))

test.each([
  ['http://hl7.org/fhir/administrative-gender', 'male', 'man'],
  ['urn:iso:std:iso:4217', 'EUR', 'EURO'],
  ['urn:iso:std:iso:3166', 'USA', 'usa'],
  ['urn:ietf:bcp:47', 'de-CH-1996', 'german language'],
  ['urn:ietf:bcp:13', 'application/pdf', 'pdf'],
])('of %s, %s is a code and %s is not', (system, code, other) => {
  expect(codeOutsideSystem({ system, code })).toBeUndefined()
  expect(codeOutsideSystem({ system, code: other })).toBeDefined()
})

test.each([
  ['a system that needs a server', { system: 'http://loinc.org', code: 'x' }],
  [
    'a system of HL7 Terminology, which has gained codes since',
    { system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'x' },
  ],
  ['another version', { system: 'http://hl7.org/fhir/administrative-gender', code: 'x', version: '5.0.0' }],
  ['no system', { code: 'x' }],
  ['no code', { system: ucum }],
  ['a name that objects have', { system: 'constructor', code: 'x' }],
])('%s is not decided', (_, coding) => expect(codeOutsideSystem(coding)).toBeUndefined())

test('R4 has its own systems, and none of HL7 Terminology', () => {
  const systems = Object.keys(codeSystems())
  expect(systems.length).toBeGreaterThan(250)
  expect(systems.filter((it) => it.includes('terminology.hl7.org'))).toEqual([])
})
