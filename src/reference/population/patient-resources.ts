import { type PatientChart, patientChart } from './chart.ts'
import type { ResourceDraft } from './draft.ts'
import { careDrafts } from './care-resources.ts'
import { clinicalDrafts } from './clinical-resources.ts'
import type { DeletedResource, PopulationOptions } from './model.ts'
import { codeableConcept, familyNames, givenNames, tho } from './terms.ts'
import { cyclicItem, numberedId } from './random.ts'
import { calendarDate, timeAtFraction } from './dates.ts'

/** The drafts of every patient and of everything in their charts. */
export function patientDrafts(recipe: PopulationOptions): ResourceDraft[] {
  return Array.from({ length: recipe.patients }, (_, index) => patientChart(recipe, index)).flatMap(
    (each) => [patient(each), ...clinicalDrafts(each), ...careDrafts(each)],
  )
}

function patient({ index, spread, birth, practitioner, organization }: PatientChart): ResourceDraft {
  const gender = index % 9 === 8 ? 'other' : index % 2 === 0 ? 'female' : 'male'
  const write = () => ({
    identifier: [
      {
        use: 'usual',
        type: codeableConcept(tho('v2-0203', 'MR', 'Medical record number')),
        system: 'https://bulkcheck.example/identifiers/patient',
        value: `MRN-${index + 1}`,
      },
    ],
    active: index % 6 !== 5,
    name: [
      {
        use: 'official',
        family: `${cyclicItem(familyNames, index)}-${index + 1}`,
        given: [cyclicItem(givenNames, index), `Test${index + 1}`],
      },
      ...(index % 5 === 0 ? [{ use: 'nickname', given: [`🧪 Synthetic “${index + 1}”`] }] : []),
    ],
    telecom: [
      {
        system: 'phone',
        value: `555-0${String(100 + (index % 100))}`,
        use: index % 2 === 0 ? 'home' : 'mobile',
      },
      { system: 'email', value: `patient${index + 1}@bulkcheck.example` },
    ],
    gender,
    birthDate: index % 11 === 10 ? calendarDate(birth).slice(0, 7) : calendarDate(birth),
    ...(index % 8 === 7 ? { deceasedBoolean: false } : {}),
    address: [
      {
        use: 'home',
        line: [`${index + 1} Synthetic Ave`, 'Apt. “B”'],
        city: cyclicItem(['Testville', 'São Exemplo', 'Exampleton'], index),
        state: cyclicItem(['MA', 'CA'], index),
        postalCode: String(20_000 + Math.floor(spread(3) * 9000)),
        country: 'US',
      },
    ],
    maritalStatus: codeableConcept(tho('v3-MaritalStatus', 'S', 'Never Married')),
    communication: [
      {
        language: { coding: [{ system: 'urn:ietf:bcp:47', code: index % 3 === 0 ? 'es' : 'en' }] },
        preferred: true,
      },
    ],
    generalPractitioner: [practitioner],
    managingOrganization: organization,
  })
  const meta = {
    profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'],
    ...(index % 3 === 0 ? { tag: [{ system: 'https://bulkcheck.example/tags', code: 'sampled' }] } : {}),
  }
  return { type: 'Patient', id: numberedId('patient', index), meta, write }
}

const deletable = [
  ['Observation', 'obs'],
  ['Location', 'location'],
  ['Condition', 'condition'],
  ['Immunization', 'immunization'],
  ['Procedure', 'procedure'],
] as const

/** One deletion per 6 patients, at least 3, spread over two years; the latest is of an Observation of a child with diabetes, every fifth of a Location. */
export function deletedResources({ patients, until }: PopulationOptions): DeletedResource[] {
  const count = Math.max(3, Math.round(patients / 6))
  return Array.from({ length: count }, (_, index) => {
    const age = count - 1 - index
    const [type, prefix] = cyclicItem(deletable, age)
    const owner = (Math.floor(patients / 4) + age * 5) % patients
    return {
      type,
      id: numberedId(`${prefix}-deleted`, index),
      at: new Date(timeAtFraction(until, (index + 0.6) / count)).toISOString(),
      patients: type === 'Location' ? [] : [numberedId('patient', owner)],
    }
  })
}
