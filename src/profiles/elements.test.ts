import { describe, expect, test, vi } from 'vitest'
import {
  asks,
  type Element,
  one,
  profilesOn,
  required,
  rulesOf,
  slice,
  sliced,
  stated,
  types,
} from './fixtures/elements.ts'
import { base, concept } from './fixtures/hand-made.ts'

type Row = readonly [of: string, type: string, elements: readonly Element[], cases: readonly Case[]]
/** What a resource has, and what is told of it. */
type Case = readonly [has: object, ...told: readonly string[]]

const simple = (name: string) => ({
  type: [{ code: 'Quantity', profile: [`http://hl7.org/fhir/StructureDefinition/${name}`] }],
})
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
    'slices are told apart by the type of a resource within them',
    'Bundle',
    [
      { id: 'Bundle.entry', ...sliced('type', 'resource') },
      slice('Bundle.entry:who', { min: 1 }),
      { id: 'Bundle.entry:who.resource', ...types('Patient') },
    ],
    [
      [{ entry: [{ resource: { resourceType: 'Basic' } }, { resource: { resourceType: 'Patient' } }] }],
      [{ entry: [{ resource: { resourceType: 'Basic' } }] }, 'Bundle.entry min'],
    ],
  ],
  [
    'slices are told apart by the type of a choice within them',
    'Observation',
    [
      { id: 'Observation.component', ...sliced('type', 'value', 'closed') },
      slice('Observation.component:amount', { max: '1' }),
      { id: 'Observation.component:amount.value[x]', ...types('Quantity') },
    ],
    [
      [{ component: [{ valueQuantity: {} }] }],
      [{ component: [{ valueQuantity: {} }, { valueQuantity: {} }] }, 'Observation.component max'],
      [{ component: [{ valueString: 'x' }] }, 'Observation.component slicing'],
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

  test('are judged without a word of what they hold', async () => {
    const said = (['log', 'warn'] as const).map((it) =>
      vi.spyOn(console, it).mockImplementation(() => undefined),
    )
    const profiles = await profilesOn('Patient', [
      { id: 'Patient', ...asks("name.trace('x').exists() and (birthDate + 1.5 years).exists()") },
    ])
    const patient = { name: [{ family: 'Secret' }], birthDate: '2000-01-01' }
    expect(rulesOf(profiles, 'Patient', patient)).toEqual([])
    for (const it of said) {
      expect(it).not.toHaveBeenCalled()
      it.mockRestore()
    }
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
