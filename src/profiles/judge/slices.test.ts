import { describe, expect, test } from 'vitest'
import {
  brokenRules,
  type FixtureElement,
  profilesOn,
  sliceElement,
  snapshotOf,
  withRequiredBinding,
  withSlicing,
  withTypes,
} from '../fixtures/element-profiles.ts'
import { exampleCodeSystem, exampleConcept, exampleUrl } from '../fixtures/example-package.ts'

const discriminators = (rules: string, ...all: readonly (readonly [type: string, path: string])[]) => ({
  slicing: { discriminator: all.map(([type, path]) => ({ type, path })), rules },
})
const absent = { max: '0' }
const needed = { min: 1 }
const coding = (code: string) => ({ coding: [{ system: exampleCodeSystem, code }] })
const referenceTo = (...urls: string[]) => ({ type: [{ code: 'Reference', targetProfile: urls }] })
const core = (type: string) => `http://hl7.org/fhir/StructureDefinition/${type}`

type Row = readonly [
  what: string,
  type: string,
  elements: readonly FixtureElement[],
  has: object,
  broken: readonly string[],
]

const email: readonly FixtureElement[] = [
  { id: 'Patient.telecom', ...discriminators('closed', ['value', 'system'], ['value', 'use']) },
  sliceElement('Patient.telecom:email', { max: '1' }),
  { id: 'Patient.telecom:email.system', ...needed, fixedCode: 'email' },
  {
    id: 'Patient.telecom:email.use',
    ...absent,
    ...withRequiredBinding('http://hl7.org/fhir/ValueSet/contact-point-use|4.0.1'),
  },
]
const mail = { system: 'email', value: 'a@b' }

// A coding of the slice has what the slice of its codings fixes.
const nested: readonly FixtureElement[] = [
  { id: 'Observation.category', ...withSlicing('value', 'coding.code', 'closed') },
  sliceElement('Observation.category:lab'),
  { id: 'Observation.category:lab.coding', ...needed, ...withSlicing('value', 'system') },
  { ...sliceElement('Observation.category:lab.coding:own', needed), sliceName: 'own' },
  { id: 'Observation.category:lab.coding:own.system', ...needed, fixedUri: exampleCodeSystem },
  { id: 'Observation.category:lab.coding:own.code', ...needed, fixedCode: 'lab' },
]
const another = { system: 'http://other.example', code: 'x' }

const reslice = [
  { id: 'Patient.identifier', ...withSlicing('value', 'system') },
  sliceElement('Patient.identifier:own', withSlicing('value', 'use', 'closed')),
  { id: 'Patient.identifier:own.system', ...needed, fixedUri: 'http://own.example' },
  sliceElement('Patient.identifier:own/official', needed),
  { id: 'Patient.identifier:own/official.use', ...needed, fixedCode: 'official' },
]
const own = (use: string) => ({ system: 'http://own.example', use })

const performers = (type: string, url: string, rules = 'closed') => [
  { id: 'Observation.performer', ...withSlicing(type, 'resolve()', rules) },
  sliceElement('Observation.performer:one', { max: '1', ...referenceTo(url) }),
]
const named = snapshotOf('named', 'Practitioner', [{ id: 'Practitioner.name', ...needed }])
const contained = (has: object) => ({
  contained: [{ resourceType: 'Practitioner', id: 'p', ...has }],
  performer: [{ reference: '#p' }],
})

const bound = (set: string): readonly FixtureElement[] => [
  { id: 'Patient.telecom', ...withSlicing('value', 'system', 'closed') },
  sliceElement('Patient.telecom:known', { max: '1' }),
  { id: 'Patient.telecom:known.system', ...withRequiredBinding(set) },
]

const rows: readonly Row[] = [
  ['an absent discriminator', 'Patient', email, { telecom: [mail] }, []],
  [
    'a discriminator that has to be absent',
    'Patient',
    email,
    { telecom: [{ ...mail, use: 'home' }] },
    ['Patient.telecom slicing'],
  ],
  [
    'items in a slice by what slices of theirs fix',
    'Observation',
    nested,
    { category: [{ coding: [another, ...coding('lab').coding] }] },
    [],
  ],
  [
    'items outside of it',
    'Observation',
    nested,
    { category: [{ coding: [another] }] },
    ['Observation.category slicing'],
  ],
  ['a slice of a slice', 'Patient', reslice, { identifier: [own('official')] }, []],
  ['items of other slices', 'Patient', reslice, { identifier: [{ system: 'http://x' }] }, []],
  [
    'a slice of a slice that is missing, and an item in none',
    'Patient',
    reslice,
    { identifier: [own('old')] },
    ['Patient.identifier slicing', 'Patient.identifier min'],
  ],
  [
    'references by the type of their targets',
    'Observation',
    performers('type', core('Practitioner')),
    { performer: [{ reference: 'Practitioner/1' }] },
    [],
  ],
  [
    'references to another type',
    'Observation',
    performers('type', core('Practitioner')),
    { performer: [{ reference: 'Patient/1' }] },
    ['Observation.performer slicing'],
  ],
  [
    'references whose targets are elsewhere, by their profile',
    'Observation',
    performers('profile', `${exampleUrl}named`),
    { performer: [{ reference: 'Practitioner/1' }, { reference: 'Practitioner/2' }] },
    [],
  ],
  [
    'references whose targets cannot have the profile',
    'Observation',
    performers('profile', `${exampleUrl}named`),
    { performer: [{ reference: 'Patient/1' }] },
    ['Observation.performer slicing'],
  ],
  [
    'contained targets that have the profile',
    'Observation',
    performers('profile', `${exampleUrl}named`),
    contained({ name: [{ text: 'x' }] }),
    [],
  ],
  [
    'contained targets that lack it',
    'Observation',
    performers('profile', `${exampleUrl}named`),
    contained({}),
    ['Observation.performer slicing'],
  ],
  [
    'codes of a binding that the slice sets',
    'Patient',
    bound(`${exampleUrl}telecoms`),
    { telecom: [{ system: 'fax' }] },
    ['Patient.telecom slicing'],
  ],
  [
    'no codes of a binding that R4 has anyway',
    'Patient',
    bound('http://hl7.org/fhir/ValueSet/contact-point-system|4.0.1'),
    { telecom: [{ system: 'fax' }, { system: 'odd' }] },
    [],
  ],
  [
    'an extension by its value',
    'Patient',
    [
      { id: 'Patient.name', ...withSlicing('value', "extension('http://x').value", 'closed') },
      sliceElement('Patient.name:x'),
      { id: 'Patient.name:x.extension', ...withSlicing('value', 'url') },
      { ...sliceElement('Patient.name:x.extension:e'), sliceName: 'e' },
      { id: 'Patient.name:x.extension:e.url', ...needed, fixedUri: 'http://x' },
      { id: 'Patient.name:x.extension:e.value[x]', ...needed, ...withTypes('code'), fixedCode: 'a' },
    ],
    { name: [{ extension: [{ url: 'http://x', valueCode: 'a' }] }, { text: 'none' }] },
    ['Patient.name slicing'],
  ],
  [
    'a choice element by its type and value',
    'Observation',
    [
      { id: 'Observation.component', ...withSlicing('value', 'value.ofType(Quantity).code', 'closed') },
      sliceElement('Observation.component:kg'),
      { id: 'Observation.component:kg.value[x]', ...withTypes('Quantity') },
      { id: 'Observation.component:kg.value[x].code', ...needed, fixedCode: 'kg' },
    ],
    { component: [{ valueQuantity: { code: 'kg' } }, { valueString: 'kg' }] },
    ['Observation.component slicing'],
  ],
  [
    'presence of a choice element',
    'Observation',
    [
      { id: 'Observation.component', ...withSlicing('exists', 'value', 'closed') },
      sliceElement('Observation.component:valued'),
      { id: 'Observation.component:valued.value[x]', ...needed, ...withTypes('Quantity', 'string') },
    ],
    { component: [{ valueString: 'x' }, { dataAbsentReason: exampleConcept('a') }] },
    ['Observation.component slicing'],
  ],
  [
    'slices in their order',
    'Patient',
    [
      { id: 'Patient.telecom', slicing: { ...withSlicing('value', 'system').slicing, ordered: true } },
      sliceElement('Patient.telecom:phone'),
      { id: 'Patient.telecom:phone.system', fixedCode: 'phone' },
      sliceElement('Patient.telecom:email'),
      { id: 'Patient.telecom:email.system', fixedCode: 'email' },
    ],
    { telecom: [mail, { system: 'phone', value: '1' }] },
    ['Patient.telecom slicing'],
  ],
]

const telecoms = {
  resourceType: 'ValueSet',
  url: `${exampleUrl}telecoms`,
  compose: {
    include: [{ system: 'http://hl7.org/fhir/contact-point-system', concept: [{ code: 'email' }] }],
  },
}

describe('slices', () => {
  test.each(rows)('tell %s', async (_, type, elements, has, broken) => {
    expect(brokenRules(await profilesOn(type, elements, named, telecoms), type, has)).toEqual(broken)
  })

  test('that neither packages nor the resource decide are listed', async () => {
    const url = `${exampleUrl}named`
    const profiles = await profilesOn('Observation', performers('profile', url), named)
    const tally = profiles.tally()
    const meta = { profile: [`${exampleUrl}mine`] }
    const performer = [{ reference: 'Practitioner/1' }]
    profiles.add(tally, profiles.judge({ resourceType: 'Observation', meta, performer }))
    const { rows: all } = profiles.seen(tally)
    expect(all.flatMap(({ notChecked }) => notChecked)).toEqual([
      {
        profile: `${exampleUrl}mine|1.2.0`,
        path: 'Observation.performer:one',
        what: 'slicing',
        because: 'the packages and the resource do not show which items are in the slice, for 1 resource',
      },
    ])
  })

  test.each<readonly [string, readonly FixtureElement[], string]>([
    [
      'a binding that the slice does not set',
      bound('http://hl7.org/fhir/ValueSet/contact-point-system|4.0.1'),
      'Patient.telecom:known.system does not define the value of the discriminator',
    ],
    [
      'a binding that is not required',
      [
        { id: 'Patient.identifier', ...withSlicing('value', 'type') },
        sliceElement('Patient.identifier:card'),
        {
          id: 'Patient.identifier:card.type',
          ...needed,
          binding: { strength: 'extensible', valueSet: 'http://x' },
        },
      ],
      'Patient.identifier:card.type does not define the value of the discriminator',
    ],
    [
      'a profile that no package has',
      [
        { id: 'Patient.generalPractitioner', ...withSlicing('profile', 'resolve()') },
        sliceElement('Patient.generalPractitioner:x', referenceTo('http://nowhere.example/x')),
      ],
      'no package defines http://nowhere.example/x',
    ],
    [
      'a position',
      [{ id: 'Patient.name', ...withSlicing('position', '$this') }, sliceElement('Patient.name:first')],
      'bulkcheck does not support discriminators of type position',
    ],
  ])('by %s are listed', async (_, elements, because) => {
    const profiles = await profilesOn('Patient', elements)
    const { rows: all } = profiles.seen(profiles.tally())
    expect(all.flatMap(({ notChecked }) => notChecked.map((it) => it.because))).toContain(because)
  })
})
