import {
  timeAtFraction,
  calendarDate,
  type ResourceDraft,
  millisecondsPerDay,
  evenlySpread,
  numberedId,
  cyclicItem,
} from './draft.ts'
import { careDrafts } from './care-resources.ts'
import { clinicalDrafts } from './clinical-resources.ts'
import type { DeletedResource, PopulationOptions } from './model.ts'
import { organizationCount, isChild } from './shared-resources.ts'
import { codeableConcept, familyNames, givenNames, tho } from './terms.ts'

/** What the drafts of one patient's resources have in common. */
export interface PatientChart {
  /** Position among the patients, from 0. */
  readonly index: number
  readonly patients: number
  readonly baseUrl: string | undefined
  /** Id of one of the patient's resources: its prefix and its position among all of that prefix. */
  readonly id: (prefix: string, perPatient: number, index: number) => string
  readonly patient: { readonly reference: string }
  /** A reference that is absolute in one patient of six, if there is a base URL. */
  readonly link: (reference: string) => { readonly reference: string }
  readonly practitioner: { readonly reference: string }
  readonly organization: { readonly reference: string }
  readonly location: { readonly reference: string }
  /** A number in [0, 1), evenly spread over the patients, another one per key. */
  readonly spread: (key: number) => number
  /** Up to seven years before `updated`, after the patient's birth (ms since 1970), another time per key. */
  readonly event: (updated: number, key: number) => number
  readonly birth: number
}

/** The drafts of every patient and of everything in their charts. */
export function patientDrafts(recipe: PopulationOptions): ResourceDraft[] {
  return Array.from({ length: recipe.patients }, (_, index) => patientChart(recipe, index)).flatMap(
    (each) => [patient(each), ...clinicalDrafts(each), ...careDrafts(each)],
  )
}

function patientChart({ patients, seed, until, baseUrl }: PopulationOptions, index: number): PatientChart {
  const spread = (key: number) => evenlySpread(index * 7 + key * 5 + (Math.abs(seed) % 997))
  const year = until.getUTCFullYear() - 3
  const born = isChild(index, patients)
    ? year - Math.floor(spread(0) * 14)
    : 1930 + Math.floor(spread(0) * (year - 1946))
  const birth = Date.UTC(born, Math.floor(spread(1) * 12), 1 + Math.floor(spread(2) * 28))
  const reference = `Patient/${numberedId('patient', index)}`
  const house = index % organizationCount(patients)
  return {
    index,
    patients,
    baseUrl,
    id: (prefix, perPatient, at) => numberedId(prefix, index * perPatient + at),
    patient: { reference },
    link: (relative) => ({
      reference: baseUrl !== undefined && index % 6 === 3 ? `${baseUrl}/${relative}` : relative,
    }),
    practitioner: { reference: `Practitioner/${numberedId('practitioner', house)}` },
    organization: { reference: `Organization/${numberedId('organization', house)}` },
    location: { reference: `Location/${numberedId('location', house)}` },
    spread,
    event: (updated, key) =>
      Math.max(
        birth + millisecondsPerDay,
        updated - Math.floor(spread(key) * 7 * 365 * millisecondsPerDay) - millisecondsPerDay,
      ),
    birth,
  }
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
