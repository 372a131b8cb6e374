import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { judgeLine } from './judge-line.ts'
import { synthesizePopulation } from '../reference/population/synthesis.ts'

const examples = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)

/** What is wrong with HL7's own examples, each looked at: file, or how its name begins, and problems. */
const wrong: readonly (readonly [file: string, problem: string, because: string])[] = [
  ['ActivityDefinition-blood-tubes-supply', 'txt-2 ActivityDefinition.text.div', 'its div is empty'],
  ['ActivityDefinition-heart-valve-replacement', 'txt-2 ActivityDefinition.text.div', 'its div is empty'],
  ['Bundle-10bb101f', 'full-url Bundle.entry.fullUrl', 'the URL of pat2 ends in pat12'],
  ['Bundle-3a0707d3', 'full-url Bundle.entry.fullUrl', 'the URL of pat2 ends in pat12'],
  ['Bundle-lri-example', 'full-url Bundle.entry.fullUrl', 'the ids in the URLs begin with lri-'],
  ['CapabilityStatement-example', 'urn CapabilityStatement.url', 'its UUID is in capitals'],
  [
    'DiagnosticReport-example-pgx',
    'attachment DiagnosticReport.presentedForm.hash',
    'the hash is hexadecimal',
  ],
  [
    'Library-zika-virus-intervention-logic',
    'urn Library.dataRequirement.codeFilter.valueSet',
    'one is urn:oid:X.Y.Z',
  ],
  [
    'PlanDefinition-example-cardiology-os',
    'local-canonical PlanDefinition.action.action.action.action.definitionCanonical',
    'nothing contained has that id',
  ],
  [
    'PlanDefinition-example-cardiology-os',
    'local-canonical PlanDefinition.contained(Questionnaire).item.answerValueSet',
    'nothing contained has that id',
  ],
  ['TerminologyCapabilities-example', 'urn TerminologyCapabilities.url', 'its UUID is in capitals'],
  ['Bundle-dataelements', 'bdl-7 Bundle', 'some fullUrls occur three times, none with a version'],
  [
    'DeviceMetric-example',
    'reference-target DeviceMetric.parent',
    'it is to a DeviceDefinition; only Device is allowed',
  ],
  [
    'DeviceUseStatement-example',
    'reference-target DeviceUseStatement.reasonReference',
    'it is to a Procedure, which is not allowed',
  ],
  ['EventDefinition-example', 'txt-2 EventDefinition.text.div', 'its div is empty'],
  ['ImplementationGuide-fhir', 'min ImplementationGuide.name', 'it has neither name nor status'],
  ['ImplementationGuide-fhir', 'min ImplementationGuide.status', 'it has neither name nor status'],
  ['ig-r4', 'min ImplementationGuide.name', 'the same resource again'],
  ['ig-r4', 'min ImplementationGuide.status', 'the same resource again'],
  [
    'MedicationRequest-medrx0301',
    'reference-target MedicationRequest.dispenseRequest.performer',
    'it is to a Practitioner; only Organization is allowed',
  ],
  [
    'Observation-clinical-gender',
    'reference-target Observation.performer',
    'it is to an Encounter, which performs nothing',
  ],
  ['Questionnaire-qs1', 'min Questionnaire.item.item.linkId', 'items of type display have no linkId'],
  ['Questionnaire-qs1', 'min Questionnaire.item.item.item.linkId', 'items of type display have no linkId'],
  [
    'Questionnaire-qs1',
    'min Questionnaire.item.item.item.item.linkId',
    'items of type display have no linkId',
  ],
  [
    'Questionnaire-zika-virus-exposure-assessment',
    'txt-2 Questionnaire.text.div',
    'its div holds an empty pre',
  ],
  ['SearchParameter-codesystem-extensions-', 'min SearchParameter.base', 'it has no base'],
  ['SearchParameter-valueset-extensions-', 'min SearchParameter.base', 'it has no base'],
  [
    'SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject',
    'format SearchParameter.id',
    'the id has 67 characters',
  ],
  [
    'Bundle-father',
    'code-of-system Bundle.entry.resource(MedicationRequest).dosageInstruction.doseAndRate.doseQuantity.code',
    'tbl is not a unit of UCUM',
  ],
  ['Claim-760151', 'code-of-system Claim.item.quantity.code', 'TAB is not a unit of UCUM'],
  ['Claim-760152', 'code-of-system Claim.item.quantity.code', 'TAB is not a unit of UCUM'],
  [
    'MedicationDispense-meddisp0309',
    'code-of-system MedicationDispense.dosageInstruction.doseAndRate.doseQuantity.code',
    'drop is not a unit of UCUM',
  ],
  [
    'MedicationDispense-meddisp0313',
    'code-of-system MedicationDispense.contained(Medication).ingredient.strength.numerator.code',
    'mEq is not a unit of UCUM',
  ],
  [
    'MedicationDispense-meddisp0313',
    'code-of-system MedicationDispense.dosageInstruction.doseAndRate.doseQuantity.code',
    'mEq is not a unit of UCUM',
  ],
  [
    'MedicationDispense-meddisp0318',
    'code-of-system MedicationDispense.dosageInstruction.doseAndRate.doseQuantity.code',
    'mcg is not a unit of UCUM',
  ],
  [
    'MedicationDispense-meddisp0324',
    'code-of-system MedicationDispense.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'MedicationDispense-meddisp0327',
    'code-of-system MedicationDispense.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'MedicationDispense-meddisp0328',
    'code-of-system MedicationDispense.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'MedicationDispense-meddisp0329',
    'code-of-system MedicationDispense.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0304',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.doseQuantity.code',
    'drop is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0314',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.doseQuantity.code',
    'mcg is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0319',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.rateQuantity.code',
    'ml/hr is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0322',
    'code-of-system MedicationRequest.contained(Medication).ingredient.strength.numerator.code',
    'mEq is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0322',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.doseQuantity.code',
    'mEq is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0325',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0326',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0328',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0329',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0334',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'MedicationRequest-medrx0335',
    'code-of-system MedicationRequest.dosageInstruction.doseAndRate.doseQuantity.code',
    'ea is not a unit of UCUM',
  ],
  [
    'VisionPrescription-33124',
    'code-of-system VisionPrescription.lensSpecification.duration.code',
    'month is not a unit of UCUM',
  ],
]

test("HL7's own examples and definitions are valid, but for errors that are known", () => {
  const unknown: string[] = []
  const met = new Set<string>()
  let read = 0
  for (const file of readdirSync(examples)) {
    if (!file.endsWith('.json') || file === 'package.json') continue
    const text = readFileSync(new URL(file, examples), 'utf8')
    read++
    for (const { rule, path } of judgeLine(text, JSON.parse(text))) {
      const known = wrong.find(([name, problem]) => file.startsWith(name) && problem === `${rule} ${path}`)
      if (known) met.add(known.join())
      else unknown.push(`${file} ${rule} ${path}`)
    }
  }
  expect(unknown).toEqual([])
  expect(wrong.filter((it) => !met.has(it.join()))).toEqual([])
  expect(read).toBeGreaterThan(5000)
})

test('the population of the reference provider is valid', () => {
  const problems = [1, 2].flatMap((seed) => {
    const recipe = { patients: 60, seed, until: new Date('2025-06-01T00:00:00Z') }
    const { resources } = synthesizePopulation(
      seed === 1 ? recipe : { ...recipe, baseUrl: 'http://localhost/fhir' },
    )
    return resources.flatMap((it) => judgeLine(JSON.stringify(it), it))
  })
  expect(problems).toEqual([])
})
