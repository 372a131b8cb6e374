import { expect, test } from 'vitest'
import { brokenRules, elementAt, profilesOn, withInvariant } from '../fixtures/element-profiles.ts'

const ext = { extension: [{ url: 'http://x', valueString: 'x' }] }
const patient = { birthDate: '2000', _birthDate: ext, name: [{ family: 'x' }], gender: 'male' }

test.each<readonly [element: string, expression: string]>([
  ['name', '%context is HumanName'],
  ['name', '%context.family = family'],
  ['birthDate', '%context is date'],
  ['birthDate', "%context.extension('http://x').exists()"],
  ['gender', "%`vs-administrative-gender` = 'http://hl7.org/fhir/ValueSet/administrative-gender'"],
  ['gender', `%"vs-administrative-gender" = 'http://hl7.org/fhir/ValueSet/administrative-gender'`],
  ['gender', "%'vs-administrative-gender' = 'http://hl7.org/fhir/ValueSet/administrative-gender'"],
  ['gender', "%vs-administrative-gender = 'http://hl7.org/fhir/ValueSet/administrative-gender'"],
  ['gender', "%`ext-patient-birthTime` = 'http://hl7.org/fhir/StructureDefinition/patient-birthTime'"],
  ['gender', "%ucum = 'http://unitsofmeasure.org' and %ucum is System.String"],
  ['gender', "%sct = 'http://snomed.info/sct' and %loinc = 'http://loinc.org'"],
  ['gender', '%resource is Patient and %rootResource = %resource'],
  ['gender', "'%vs-x' = '%' & 'vs-x'"],
])('of %s, %s is true', async (element, expression) => {
  const of = (said: string) =>
    profilesOn('Patient', [elementAt(`Patient.${element}`, `Patient.${element}`, withInvariant(said))])
  expect(brokenRules(await of(expression), 'Patient', patient)).toEqual([])
  expect(brokenRules(await of(`(${expression}).not()`), 'Patient', patient)).toEqual([
    `Patient.${element} hm-1`,
  ])
})
