import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { base, concept, packDefinitions, structure, system } from './fixtures/hand-made.ts'
import { openProfiles, type Profiles } from './profiles.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkcheck-'))
})
afterAll(() => rm(folder, { recursive: true }))

type Element = Readonly<Record<string, unknown>> & { readonly id: string }
type Row = readonly [of: string, type: string, elements: readonly Element[], cases: readonly Case[]]
/** What a resource has, and what is told of it. */
type Case = readonly [has: object, ...told: readonly string[]]

const codes = {
  resourceType: 'ValueSet',
  url: `${base}set`,
  compose: { include: [{ system, concept: [{ code: 'a' }] }] },
}
const required = (valueSet = `${base}set`) => ({ binding: { strength: 'required', valueSet } })
const asks = (expression: string, key = 'hm-1') => ({
  constraint: [{ key, severity: 'error', human: 'so', expression }],
})
const sliced = (type: string, path: string, rules = 'open') => ({
  slicing: { discriminator: [{ type, path }], rules },
})
const slice = (id: string, more: object = {}) => ({ id, sliceName: id.slice(id.indexOf(':') + 1), ...more })
const one = (id: string, path: string, more: object) => ({
  id,
  base: { path, min: 0, max: '1' },
  max: '1',
  ...more,
})
const stated = (url: string) => ({ extension: [{ url, valueString: 'x' }] })
const types = (...codesOf: string[]) => ({ type: codesOf.map((code) => ({ code })) })
const simple = (name: string) => ({
  type: [{ code: 'Quantity', profile: [`http://hl7.org/fhir/StructureDefinition/${name}`] }],
})

let many = 0
async function profilesOn(type: string, elements: readonly Element[], ...more: object[]): Promise<Profiles> {
  many += 1
  const profile = snapshotOf('mine', type, elements)
  return openProfiles([await packDefinitions(folder, `p${many}`, profile, codes, ...more)])
}

/** With the elements above those that are given, as a snapshot has them. */
function snapshotOf(id: string, type: string, elements: readonly Element[]): object {
  const known = new Set([type])
  const all = elements.flatMap((it) => {
    const steps = it.id.split('.').map((_, i, names) => names.slice(0, i + 1).join('.'))
    const missing = steps.slice(0, -1).filter((above) => !known.has(above))
    for (const step of steps) known.add(step)
    return it.id === type ? [] : [...missing.map((above) => ({ id: above })), it]
  })
  const made = structure(id, type, all)
  const root = elements.find((it) => it.id === type)
  const [first, ...others] = made.snapshot.element
  return { ...made, snapshot: { element: [{ ...first, ...root }, ...others] } }
}

const rulesOf = (profiles: Profiles, resourceType: string, has: object): readonly string[] =>
  profiles
    .judge({ resourceType, meta: { profile: [`${base}mine`] }, ...has })
    .problems.map(({ path, rule }) => `${path} ${rule}`)

function notChecked(profiles: Profiles, ...resources: readonly object[]): readonly string[] {
  const tally = profiles.tally()
  for (const it of resources) profiles.add(tally, profiles.judge(it))
  const rows = profiles.seen(structuredClone(tally)).rows.filter(({ url }) => url === `${base}mine`)
  return rows.flatMap((row) => row.notChecked.map(({ path, what, because }) => `${path} ${what}: ${because}`))
}

const exists = "hasValue() or extension('http://x').exists()"
const day = { id: 'Patient.birthDate', ...types('date') }
const identifiers = (type: string, path: string, rules?: string): Element => ({
  id: 'Patient.identifier',
  ...sliced(type, path, rules),
})
const systemOf = (name: string, of: string, more: object = {}) =>
  one(`Patient.identifier:${name}.system`, 'Identifier.system', { fixedUri: of, ...more })

const rows: readonly Row[] = [
  [
    'a constraint on a primitive element sees what stands beside its value',
    'Patient',
    [{ ...day, ...asks(exists) }],
    [
      [{ _birthDate: stated('http://x') }],
      [{ birthDate: '2000-01-01' }],
      [{ birthDate: '2000-01-01', _birthDate: stated('http://y') }],
      [{ _birthDate: stated('http://y') }, 'Patient.birthDate hm-1'],
    ],
  ],
  [
    'a constraint on a list of primitive elements sees what stands beside each',
    'Patient',
    [{ id: 'Patient.name.given', ...types('string'), ...asks(exists) }],
    [
      [{ name: [{ given: [null, 'a'], _given: [stated('http://x'), null] }] }],
      [{ name: [{ given: [null], _given: [stated('http://y')] }] }, 'Patient.name.given hm-1'],
    ],
  ],
  [
    'a constraint on an extension knows its value',
    'Patient',
    [{ id: 'Patient.extension', ...types('Extension'), ...asks('value.exists() and value is string') }],
    [
      [stated('http://x')],
      [{ extension: [{ url: 'http://x', valueBoolean: true }] }, 'Patient.extension hm-1'],
    ],
  ],
  [
    'a constraint on a choice knows its type',
    'Observation',
    [{ id: 'Observation.effective[x]', ...asks('$this is Period or $this.toString().length() > 4') }],
    [
      [{ effectivePeriod: {} }],
      [{ effectiveDateTime: '2020-01' }],
      [{ effectiveDateTime: '2020' }, 'Observation.effectiveDateTime hm-1'],
    ],
  ],
  [
    'a constraint that comes to nothing is broken',
    'Patient',
    [{ id: 'Patient', ...asks("name.family = 'x'") }],
    [[{ name: [{ family: 'x' }] }], [{}, 'Patient hm-1']],
  ],
  [
    'a constraint that comes to anything but false is met',
    'Patient',
    [{ id: 'Patient', ...asks('name.given or active') }],
    [[{ name: [{ given: ['x'] }] }], [{}, 'Patient hm-1']],
  ],
  [
    'a constraint may have a key of FHIR R4',
    'Patient',
    [{ id: 'Patient.name', ...types('HumanName'), ...asks('family.exists()', 'obs-3') }],
    [[{ name: [{ family: 'x' }] }], [{ name: [{}] }, 'Patient.name obs-3']],
  ],
  [
    'a binding is about types that can be bound',
    'Observation',
    [{ id: 'Observation.value[x]', ...required() }],
    [
      [{ valueDateTime: '2020' }],
      [{ valueTime: '10:00:00' }],
      [{ valuePeriod: { start: '2020' } }],
      [{ valueRange: {} }],
      [{ valueCodeableConcept: concept('a') }],
      [{ valueCodeableConcept: concept('b') }, 'Observation.valueCodeableConcept binding'],
    ],
  ],
  [
    'what is told apart by existence may be there as an extension alone',
    'Patient',
    [
      identifiers('exists', 'value'),
      slice('Patient.identifier:with', { min: 1 }),
      one('Patient.identifier:with.value', 'Identifier.value', { min: 1 }),
    ],
    [[{ identifier: [{ _value: stated('http://x') }] }], [{ identifier: [{}] }, 'Patient.identifier min']],
  ],
  [
    'an extension of a primitive element may be required',
    'Patient',
    [
      day,
      { id: 'Patient.birthDate.extension', ...sliced('value', 'url') },
      slice('Patient.birthDate.extension:x', {
        ...{ min: 1, type: [{ code: 'Extension', profile: ['http://x'] }] },
      }),
      { id: 'Patient.birthDate.value', base: { path: 'date.value', min: 0, max: '1' }, max: '1' },
    ],
    [
      [{ birthDate: '2000-01-01', _birthDate: stated('http://x') }],
      [{ birthDate: '2000-01-01' }, 'Patient.birthDate.extension min'],
    ],
  ],
  [
    'the value of a primitive element may be required',
    'Patient',
    [day, one('Patient.birthDate.value', 'date.value', { min: 1 })],
    [[{ birthDate: '2000-01-01' }], [{ _birthDate: stated('http://x') }, 'Patient.birthDate.value min']],
  ],
  [
    'texts have a greatest length',
    'Patient',
    [{ id: 'Patient.name.family', maxLength: 3 }],
    [[{ name: [{ family: 'a😀b' }] }], [{ name: [{ family: 'abcd' }] }, 'Patient.name.family maxLength']],
  ],
  [
    'numbers have bounds',
    'Patient',
    [{ id: 'Patient.multipleBirth[x]', minValueInteger: 1, maxValueInteger: 3 }],
    [
      [{ multipleBirthInteger: 3 }],
      [{ multipleBirthBoolean: true }],
      [{ multipleBirthInteger: 0 }, 'Patient.multipleBirthInteger minValue'],
      [{ multipleBirthInteger: 4 }, 'Patient.multipleBirthInteger maxValue'],
    ],
  ],
  [
    'dates have bounds, beyond which only what is certainly so is',
    'Patient',
    [{ id: 'Patient.birthDate', minValueDate: '2000-02-01', maxValueDate: '2001' }],
    [
      ...(['2000', '2000-02', '2000-02-01', '2001-12-31', 'x'].map((birthDate) => [{ birthDate }]) as Case[]),
      [{ birthDate: '2000-01-31' }, 'Patient.birthDate minValue'],
      [{ birthDate: '2002' }, 'Patient.birthDate maxValue'],
    ],
  ],
  [
    'instants have bounds wherever they are',
    'Observation',
    [{ id: 'Observation.issued', minValueInstant: '2020-01-01T00:00:00Z' }],
    [
      [{ issued: '2020-01-01T01:00:00+01:00' }],
      [{ issued: '2020-01-01T00:30:00+01:00' }, 'Observation.issued minValue'],
    ],
  ],
  [
    'a date and an instant are a day apart before they are told apart',
    'Observation',
    [{ id: 'Observation.effective[x]', minValueDateTime: '2020-01-02T00:00:00Z' }],
    [
      [{ effectiveDateTime: '2020-01-01' }],
      [{ effectiveDateTime: '2019-12-31' }, 'Observation.effectiveDateTime minValue'],
    ],
  ],
  [
    'quantities have bounds in the same unit',
    'Observation',
    [{ id: 'Observation.value[x]', minValueQuantity: { value: 1, system: 'u', code: 'g' } }],
    [
      [{ valueQuantity: { value: 0, system: 'u', code: 'kg' } }],
      [{ valueQuantity: { value: 0, comparator: '>', system: 'u', code: 'g' } }],
      [{ valueQuantity: { value: 0, system: 'u', code: 'g' } }, 'Observation.valueQuantity minValue'],
    ],
  ],
  [
    'of a pattern that a slice has, the part at the discriminator tells it from others',
    'Patient',
    [
      identifiers('value', 'system'),
      slice('Patient.identifier:a', { patternIdentifier: { system: 'http://a', use: 'official' } }),
    ],
    [
      [{ identifier: [{ system: 'http://b' }, { system: 'http://a', use: 'official' }] }],
      [{ identifier: [{ system: 'http://a', use: 'old' }] }, 'Patient.identifier pattern'],
    ],
  ],
  [
    'what is of no slice comes at the end',
    'Patient',
    [identifiers('value', 'system', 'openAtEnd'), slice('Patient.identifier:a'), systemOf('a', 'http://a')],
    [
      [{ identifier: [{ system: 'http://a' }, { system: 'http://b' }] }],
      [{ identifier: [{ system: 'http://b' }, { system: 'http://a' }] }, 'Patient.identifier slicing'],
    ],
  ],
  [
    'what is closed and has no slices has no items',
    'Patient',
    [{ id: 'Patient.extension', ...sliced('value', 'url', 'closed') }],
    [[{}], [stated('http://x'), 'Patient.extension slicing']],
  ],
  [
    'a slice that must be there is missing where the element is, whatever tells it apart',
    'Patient',
    [identifiers('profile', '$this'), slice('Patient.identifier:a', { min: 2 })],
    [
      [{}, 'Patient.identifier min'],
      [{ identifier: [{}] }, 'Patient.identifier min'],
      [{ identifier: [{}, {}] }],
    ],
  ],
  [
    'slices of a choice are told apart by type',
    'Observation',
    [
      { id: 'Observation.value[x]' },
      slice('Observation.value[x]:valueQuantity', { min: 1, max: '1', ...types('Quantity') }),
    ],
    [[{ valueQuantity: {} }], [{ valueString: 'x' }, 'Observation.valueString min']],
  ],
  [
    'an element with an extension alone has not the value that is fixed',
    'Patient',
    [{ id: 'Patient.active', ...types('boolean'), fixedBoolean: true }],
    [[{ active: true }], [{}], [{ _active: stated('http://x') }, 'Patient.active fixed']],
  ],
  [
    'resources within a resource have a type',
    'Bundle',
    [
      {
        id: 'Bundle.entry.resource',
        base: { path: 'Bundle.entry.resource', min: 0, max: '1' },
        ...types('Patient'),
      },
    ],
    [
      [{ entry: [{ resource: { resourceType: 'Patient' } }, {}] }],
      [{ entry: [{ resource: { resourceType: 'Basic' } }] }, 'Bundle.entry.resource resource-type'],
    ],
  ],
  [
    'a simple quantity has no comparator',
    'Observation',
    [{ id: 'Observation.value[x]', ...simple('SimpleQuantity') }],
    [
      [{ valueQuantity: { value: 1 } }],
      [{ valueQuantity: { value: 1, comparator: '<' } }, 'Observation.valueQuantity sqty-1'],
    ],
  ],
  [
    'a money quantity has a currency',
    'Observation',
    [{ id: 'Observation.value[x]', ...simple('MoneyQuantity') }],
    [
      [{ valueQuantity: { value: 1, system: 'urn:iso:std:iso:4217', code: 'EUR' } }],
      [{ valueQuantity: { value: 1 } }, 'Observation.valueQuantity mqty-1'],
    ],
  ],
  [
    'an element of any name is looked for among what the resource has itself',
    'Patient',
    [
      { id: 'Patient.constructor', max: '0' },
      { id: 'Patient.name.toString', max: '0' },
    ],
    [[{ name: [{}] }]],
  ],
]

describe('elements', () => {
  test.each(rows)('%s', async (_, type, elements, cases) => {
    const profiles = await profilesOn(type, elements)
    for (const [has, ...told] of cases)
      expect(rulesOf(profiles, type, has), JSON.stringify(has)).toEqual(told)
  })

  test('are told with what is expected', async () => {
    const profiles = await profilesOn('Observation', [
      { id: 'Observation.code', patternCodeableConcept: concept('a') },
      { id: 'Observation.status', fixedCode: 'final' },
      {
        id: 'Observation.value[x]',
        base: { path: 'Observation.value[x]', min: 0, max: '1' },
        ...types('Quantity', 'string'),
      },
    ])
    const meta = { profile: [`${base}mine`] }
    const { problems } = profiles.judge({
      resourceType: 'Observation',
      meta,
      code: {},
      status: 'x',
      valueBoolean: true,
    })
    expect(problems.map(({ expected }) => expected)).toEqual([
      `the pattern ${JSON.stringify(concept('a'))}`,
      'the fixed value "final"',
      'a value of type Quantity or string',
    ])
  })
})

const patientOf = (has: object) => ({ resourceType: 'Patient', meta: { profile: [`${base}mine`] }, ...has })

describe('what is not checked', () => {
  test('is a constraint that comes to nothing where a type cast may be the reason', async () => {
    const cast = asks('(deceased as boolean) = false')
    const profiles = await profilesOn('Patient', [{ id: 'Patient', ...cast }])
    const dead = patientOf({ deceasedDateTime: '2020' })
    expect(profiles.judge(dead).problems).toEqual([])
    expect(notChecked(profiles, patientOf({ deceasedBoolean: false }))).toEqual([])
    expect(notChecked(profiles, dead, dead)).toEqual([
      'Patient hm-1: it comes to nothing, for which a type cast or an extension in place of a value may be the reason, on 2 resources',
    ])
    expect(rulesOf(profiles, 'Patient', { deceasedBoolean: true })).toEqual(['Patient hm-1'])
  })

  test('is a constraint that comes to nothing where an extension stands for a value', async () => {
    const profiles = await profilesOn('Patient', [
      { id: 'Patient.identifier', ...asks("value.matches('^1')") },
    ])
    const masked = patientOf({ identifier: [{ _value: stated('http://x') }] })
    expect(profiles.judge(masked).problems).toEqual([])
    expect(notChecked(profiles, masked)).toHaveLength(1)
    expect(rulesOf(profiles, 'Patient', { identifier: [{}] })).toEqual(['Patient.identifier hm-1'])
  })

  test('is a constraint that cannot be evaluated, whoever tries', async () => {
    const profiles = await profilesOn('Patient', [{ id: 'Patient.name', ...asks("given.matches('x')") }])
    const two = patientOf({ name: [{ given: ['a', 'b'] }, { given: ['a', 'b'] }] })
    const tallies = [two, two, patientOf({ name: [{ given: ['x'] }] })].map((it) => {
      const tally = profiles.tally()
      profiles.add(tally, profiles.judge(it))
      return JSON.parse(JSON.stringify(tally)) as ReturnType<Profiles['tally']>
    })
    const [row] = profiles.seen(tallies.reduce(profiles.merge)).rows
    expect(row?.notChecked).toEqual([
      {
        profile: `${base}mine|1.2.0`,
        path: 'Patient.name',
        what: 'hm-1',
        because: 'it cannot be evaluated on 2 resources',
      },
    ])
  })

  test('is told with the profile that uses an extension', async () => {
    const extension = snapshotOf('ext', 'Extension', [
      {
        id: 'Extension.value[x]',
        ...required('http://elsewhere.example/set'),
        ...asks('resolve().exists()'),
      },
      { id: 'Extension.extension', ...sliced('value', 'url') },
      slice('Extension.extension:in', { type: [{ code: 'Extension', profile: [`${base}inner`] }] }),
    ])
    const inner = snapshotOf('inner', 'Extension', [{ id: 'Extension', ...asks('1.foo()', 'in-1') }])
    const profiles = await profilesOn(
      'Patient',
      [
        { id: 'Patient.extension', ...sliced('value', 'url') },
        slice('Patient.extension:ext', { type: [{ code: 'Extension', profile: [`${base}ext`] }] }),
      ],
      extension,
      inner,
    )
    const used = patientOf({ extension: [{ url: `${base}ext`, extension: [{ url: `${base}inner` }] }] })
    expect(notChecked(profiles, used)).toEqual([
      'Patient.extension:ext.value[x] http://elsewhere.example/set: no package holds its codes',
      'Patient.extension:ext.value[x] hm-1: its expression asks for more than the resource',
      'Patient.extension:ext.extension:in in-1: it cannot be evaluated on 1 resource',
    ])
  })

  test('is what an element shares with another, and where references are to', async () => {
    const to = { code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Group'] }
    const profiles = await profilesOn('Questionnaire', [
      { id: 'Questionnaire.item' },
      { id: 'Questionnaire.item.prefix', max: '0' },
      { id: 'Questionnaire.item.item', contentReference: '#Questionnaire.item' },
      { id: 'Questionnaire.subject', type: [{ ...to, aggregation: ['contained'] }] },
      { id: 'Questionnaire.other', contentReference: '#Questionnaire.subject' },
      { id: 'Questionnaire.amount', ...types('Quantity'), minValueQuantity: { value: 1 } },
      { id: 'Questionnaire.value[x]', ...sliced('type', '$this', 'closed') },
    ])
    expect(notChecked(profiles)).toEqual([
      'Questionnaire.subject aggregation: whether references are to contained resources is not looked at',
      'Questionnaire.amount minValue, maxValue: quantities in other units are not compared',
      'Questionnaire.value[x] slicing: it is closed and has no slices',
      'Questionnaire.item.item contentReference: what the profile asks of Questionnaire.item is not looked at there',
    ])
  })
})

describe('what must be supported', () => {
  const must = (id: string) => ({ id, mustSupport: true })
  const absent = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  }

  test('is seen where it says anything', async () => {
    const profiles = await profilesOn(
      'Patient',
      ['name', 'birthDate', 'active', 'photo', 'contact', 'maritalStatus', 'link'].map((it) =>
        must(`Patient.${it}`),
      ),
    )
    const tally = profiles.tally()
    const has = {
      ...{ name: [{ _family: absent }], _birthDate: absent, active: false, photo: [{}], contact: [null] },
      ...{ maritalStatus: absent, link: [{ other: { display: 'x' } }] },
    }
    profiles.add(tally, profiles.judge(patientOf(has)))
    expect(profiles.seen(tally).rows[0]?.seen).toEqual(['Patient.active', 'Patient.link'])
    profiles.add(tally, profiles.judge(patientOf({ _birthDate: stated('http://x') })))
    expect(profiles.seen(tally).rows[0]?.seen).toContain('Patient.birthDate')
  })
})
