import type { ResourceDraft } from './draft.ts'
import type { PopulationOptions } from './model.ts'
import { codeableConcept, drugs, familyNames, givenNames, snomed, tho } from './terms.ts'
import { numberedId, cyclicItem } from './random.ts'
import { instant } from './dates.ts'

/** The number of Organizations, Practitioners and similar resources for so many patients. */
export function organizationCount(patients: number): number {
  return 3 + Math.floor(patients / 20)
}

/** All resources that belong to no single patient: organizations, people who work there, medications, terminology, Groups. */
export function sharedDrafts({ patients }: PopulationOptions): ResourceDraft[] {
  const each = Array.from({ length: organizationCount(patients) }, (_, index) => index)
  return [
    ...each.map(organization),
    ...each.map(practitioner),
    ...each.map(practitionerRole),
    ...each.map(location),
    ...drugs.map((_, index) => medication(index)),
    ...each
      .slice(0, 2)
      .flatMap((index) => [codeSystem(index), valueSet(index), organizationProvenance(index)]),
    ...groups(patients),
  ]
}

const address = (index: number) => ({
  use: 'work',
  line: [`${index + 1} Synthetic Street`],
  city: cyclicItem(['Testville', 'Zürich-Probe', 'Exampleton'], index),
  state: cyclicItem(['MA', 'CA', 'TX'], index),
  postalCode: String(10_001 + index),
  country: 'US',
})

const identifier = (kind: string, index: number) => ({
  system: `https://bulkcheck.example/identifiers/${kind}`,
  value: `${kind}-${index + 1}`,
})

function organization(index: number): ResourceDraft {
  const write = () => ({
    identifier: [identifier('organization', index)],
    active: index % 3 !== 2,
    type: [codeableConcept(tho('organization-type', 'prov', 'Healthcare Provider'))],
    name: `Synthetic Hospital ${index + 1} "Señora"`,
    telecom: [{ system: 'phone', value: `555-010${index % 10}`, use: 'work' }],
    address: [address(index)],
  })
  return { type: 'Organization', id: numberedId('organization', index), write }
}

function practitioner(index: number): ResourceDraft {
  const write = () => ({
    identifier: [identifier('practitioner', index)],
    active: index % 3 !== 1,
    name: [
      {
        family: `${cyclicItem(familyNames, index)}-Doctor`,
        given: [cyclicItem(givenNames, index + 4)],
        prefix: ['Dr.'],
      },
    ],
    gender: index % 2 === 0 ? 'female' : 'male',
  })
  return { type: 'Practitioner', id: numberedId('practitioner', index), write }
}

function practitionerRole(index: number): ResourceDraft {
  const write = () => ({
    active: index % 2 === 0,
    period: { start: cyclicItem(['2012-04', '2015', '2018-09-01'], index) },
    practitioner: { reference: `Practitioner/${numberedId('practitioner', index)}` },
    organization: { reference: `Organization/${numberedId('organization', index)}` },
    code: [codeableConcept(snomed('59058001', 'General physician'))],
    location: [{ reference: `Location/${numberedId('location', index)}` }],
    telecom: [{ system: 'phone', value: `555-012${index % 10}`, use: 'work' }],
  })
  return { type: 'PractitionerRole', id: numberedId('role', index), write }
}

function location(index: number): ResourceDraft {
  const write = () => ({
    status: index % 3 === 2 ? 'suspended' : 'active',
    name: `Synthetic Ward ${index + 1}`,
    mode: 'instance',
    address: address(index),
    position: { longitude: -71.25 + index / 8, latitude: 42.5 },
    managingOrganization: { reference: `Organization/${numberedId('organization', index)}` },
  })
  return { type: 'Location', id: numberedId('location', index), write }
}

function medication(index: number): ResourceDraft {
  const write = () => ({
    code: codeableConcept(cyclicItem(drugs, index)),
    status: index % 2 === 0 ? 'active' : 'inactive',
    form: codeableConcept(snomed('385055001', 'Tablet')),
    batch: { lotNumber: `LOT-${index + 1}`, expirationDate: `203${index}-01` },
  })
  return { type: 'Medication', id: numberedId('medication', index), write }
}

function codeSystem(index: number): ResourceDraft {
  const write = () => ({
    url: `https://bulkcheck.example/CodeSystem/synthetic-${index + 1}`,
    version: '1.0.0',
    name: `SyntheticCodes${index + 1}`,
    title: `Synthetic codes ${index + 1}`,
    status: index === 0 ? 'active' : 'draft',
    date: '2020-02-29',
    caseSensitive: true,
    content: 'complete',
    concept: [
      { code: 'one', display: 'One' },
      { code: 'two', display: 'Två' },
    ],
  })
  return { type: 'CodeSystem', id: numberedId('codes', index), write }
}

function valueSet(index: number): ResourceDraft {
  const write = () => ({
    url: `https://bulkcheck.example/ValueSet/synthetic-${index + 1}`,
    version: '1.0.0',
    name: `SyntheticValues${index + 1}`,
    title: `Synthetic values ${index + 1}`,
    status: index === 0 ? 'active' : 'draft',
    date: '2020-03',
    compose: { include: [{ system: `https://bulkcheck.example/CodeSystem/synthetic-${index + 1}` }] },
  })
  return { type: 'ValueSet', id: numberedId('values', index), write }
}

function organizationProvenance(index: number): ResourceDraft {
  const write = (updated: number) => ({
    target: [{ reference: `Organization/${numberedId('organization', index)}` }],
    recorded: instant(updated, 0),
    activity: codeableConcept(tho('v3-DataOperation', 'CREATE', 'create')),
    agent: [{ who: { reference: `Practitioner/${numberedId('practitioner', index)}` } }],
  })
  return { type: 'Provenance', id: numberedId('provenance-organization', index), write }
}

/** Whether a patient is in the Group `pediatrics`: the first third, who are children. */
export function isChild(index: number, patients: number): boolean {
  return index < patients / 3
}

/** Whether a patient is an active member of the Group `diabetes`: about half of all, some of them children. */
function isDiabetic(index: number, patients: number): boolean {
  const first = Math.floor(patients / 6)
  return index >= first && index < first + Math.floor(patients / 2)
}

function groups(patients: number): ResourceDraft[] {
  const all = Array.from({ length: patients }, (_, index) => index)
  const groups = {
    diabetes: all.filter((index) => isDiabetic(index, patients)),
    pediatrics: all.filter((index) => isChild(index, patients)),
    all,
    single: [0],
    nobody: [],
  }
  const members = (indexes: readonly number[], alsoInactive: boolean) => [
    ...indexes.map((at) => ({ entity: { reference: `Patient/${numberedId('patient', at)}` } })),
    ...(alsoInactive
      ? [{ entity: { reference: `Patient/${numberedId('patient', patients - 1)}` }, inactive: true }]
      : []),
  ]
  return Object.entries(groups).map(([id, indexes], index): ResourceDraft => {
    const write = () => ({
      identifier: [identifier('group', index)],
      active: true,
      type: 'person',
      actual: true,
      code: { text: `Synthetic group ${id}` },
      name: `Synthetic ${id}`,
      ...(indexes.length === 0 ? {} : { member: members(indexes, id === 'diabetes') }),
    })
    return { type: 'Group', id, write }
  })
}
