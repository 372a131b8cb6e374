import { describe, expect, test, vi } from 'vitest'
import {
  withInvariant,
  type FixtureElement,
  elementAt,
  profilesOn,
  withRequiredBinding,
  brokenRules,
  sliceElement,
  withSlicing,
  withExtension,
  withTypes,
} from '../fixtures/element-profiles.ts'
import { exampleUrl, exampleConcept } from '../fixtures/example-package.ts'

type Row = readonly [of: string, type: string, elements: readonly FixtureElement[], cases: readonly Case[]]
/** A resource and its problems. */
type Case = readonly [has: object, ...broken: readonly string[]]

const simple = (name: string) => ({
  type: [{ code: 'Quantity', profile: [`http://hl7.org/fhir/StructureDefinition/${name}`] }],
})
const exists = "hasValue() or extension('http://x').exists()"
const day = { id: 'Patient.birthDate', ...withTypes('date') }
const identifiers = (type: string, path: string, rules?: string): FixtureElement => ({
  id: 'Patient.identifier',
  ...withSlicing(type, path, rules),
})
const systemOf = (name: string, of: string, more: object = {}) =>
  elementAt(`Patient.identifier:${name}.system`, 'Identifier.system', { fixedUri: of, ...more })

const rows: readonly Row[] = [
  ...(
    [
      [['contained'], 'Patient.managingOrganization aggregation', undefined],
      [['referenced'], undefined, 'Patient.managingOrganization aggregation'],
      [['bundled'], 'Patient.managingOrganization aggregation', 'Patient.managingOrganization aggregation'],
      [['contained', 'referenced'], undefined, undefined],
    ] as const
  ).map(
    ([aggregation, elsewhere, within]): Row => [
      `the target of a reference is ${aggregation.join(' or ')}`,
      'Patient',
      [{ id: 'Patient.managingOrganization', type: [{ code: 'Reference', aggregation }] }],
      [
        [
          { managingOrganization: { reference: 'Organization/1' } },
          ...(elsewhere === undefined ? [] : [elsewhere]),
        ],
        [
          {
            contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
            managingOrganization: { reference: '#o' },
          },
          ...(within === undefined ? [] : [within]),
        ],
        [{ managingOrganization: { display: 'x' } }],
      ],
    ],
  ),
  [
    'a constraint on a primitive element sees what stands beside its value',
    'Patient',
    [{ ...day, ...withInvariant(exists) }],
    [
      [{ _birthDate: withExtension('http://x') }],
      [{ birthDate: '2000-01-01' }],
      [{ birthDate: '2000-01-01', _birthDate: withExtension('http://y') }],
      [{ _birthDate: withExtension('http://y') }, 'Patient.birthDate hm-1'],
    ],
  ],
  [
    'a constraint on a list of primitive elements sees what stands beside each',
    'Patient',
    [{ id: 'Patient.name.given', ...withTypes('string'), ...withInvariant(exists) }],
    [
      [{ name: [{ given: [null, 'a'], _given: [withExtension('http://x'), null] }] }],
      [{ name: [{ given: [null], _given: [withExtension('http://y')] }] }, 'Patient.name.given hm-1'],
    ],
  ],
  [
    'a constraint on an extension knows its value',
    'Patient',
    [
      {
        id: 'Patient.extension',
        ...withTypes('Extension'),
        ...withInvariant('value.exists() and value is string'),
      },
    ],
    [
      [withExtension('http://x')],
      [{ extension: [{ url: 'http://x', valueBoolean: true }] }, 'Patient.extension hm-1'],
    ],
  ],
  [
    'a constraint on a choice knows its type',
    'Observation',
    [
      {
        id: 'Observation.effective[x]',
        ...withInvariant('$this is Period or $this.toString().length() > 4'),
      },
    ],
    [
      [{ effectivePeriod: {} }],
      [{ effectiveDateTime: '2020-01' }],
      [{ effectiveDateTime: '2020' }, 'Observation.effectiveDateTime hm-1'],
    ],
  ],
  [
    'a constraint that evaluates to nothing is broken',
    'Patient',
    [{ id: 'Patient', ...withInvariant("name.family = 'x'") }],
    [[{ name: [{ family: 'x' }] }], [{}, 'Patient hm-1']],
  ],
  [
    'a constraint that evaluates to anything but false is met',
    'Patient',
    [{ id: 'Patient', ...withInvariant('name.given or active') }],
    [[{ name: [{ given: ['x'] }] }], [{}, 'Patient hm-1']],
  ],
  [
    'a constraint may have a key of FHIR R4',
    'Patient',
    [{ id: 'Patient.name', ...withTypes('HumanName'), ...withInvariant('family.exists()', 'obs-3') }],
    [[{ name: [{ family: 'x' }] }], [{ name: [{}] }, 'Patient.name obs-3']],
  ],
  [
    'a binding is about types that can be bound',
    'Observation',
    [{ id: 'Observation.value[x]', ...withRequiredBinding() }],
    [
      [{ valueDateTime: '2020' }],
      [{ valueTime: '10:00:00' }],
      [{ valuePeriod: { start: '2020' } }],
      [{ valueRange: {} }],
      [{ valueCodeableConcept: exampleConcept('a') }],
      [{ valueCodeableConcept: exampleConcept('b') }, 'Observation.valueCodeableConcept binding'],
    ],
  ],
  [
    'a slice that existence distinguishes may be present as an extension alone',
    'Patient',
    [
      identifiers('exists', 'value'),
      sliceElement('Patient.identifier:with', { min: 1 }),
      elementAt('Patient.identifier:with.value', 'Identifier.value', { min: 1 }),
    ],
    [
      [{ identifier: [{ _value: withExtension('http://x') }] }],
      [{ identifier: [{}] }, 'Patient.identifier min'],
    ],
  ],
  [
    'an extension of a primitive element may be required',
    'Patient',
    [
      day,
      { id: 'Patient.birthDate.extension', ...withSlicing('value', 'url') },
      sliceElement('Patient.birthDate.extension:x', {
        ...{ min: 1, type: [{ code: 'Extension', profile: ['http://x'] }] },
      }),
      { id: 'Patient.birthDate.value', base: { path: 'date.value', min: 0, max: '1' }, max: '1' },
    ],
    [
      [{ birthDate: '2000-01-01', _birthDate: withExtension('http://x') }],
      [{ birthDate: '2000-01-01' }, 'Patient.birthDate.extension min'],
    ],
  ],
  [
    'the value of a primitive element may be required',
    'Patient',
    [day, elementAt('Patient.birthDate.value', 'date.value', { min: 1 })],
    [
      [{ birthDate: '2000-01-01' }],
      [{ _birthDate: withExtension('http://x') }, 'Patient.birthDate.value min'],
    ],
  ],
  [
    'of a pattern that a slice has, the part at the discriminator tells it from others',
    'Patient',
    [
      identifiers('value', 'system'),
      sliceElement('Patient.identifier:a', { patternIdentifier: { system: 'http://a', use: 'official' } }),
    ],
    [
      [{ identifier: [{ system: 'http://b' }, { system: 'http://a', use: 'official' }] }],
      [{ identifier: [{ system: 'http://a', use: 'old' }] }, 'Patient.identifier pattern'],
    ],
  ],
  [
    'what is of no slice comes at the end',
    'Patient',
    [
      identifiers('value', 'system', 'openAtEnd'),
      sliceElement('Patient.identifier:a'),
      systemOf('a', 'http://a'),
    ],
    [
      [{ identifier: [{ system: 'http://a' }, { system: 'http://b' }] }],
      [{ identifier: [{ system: 'http://b' }, { system: 'http://a' }] }, 'Patient.identifier slicing'],
    ],
  ],
  [
    'what is closed and has no slices has no items',
    'Patient',
    [{ id: 'Patient.extension', ...withSlicing('value', 'url', 'closed') }],
    [[{}], [withExtension('http://x'), 'Patient.extension slicing']],
  ],
  [
    'a slice that must be there is missing where the element is, whatever tells it apart',
    'Patient',
    [identifiers('profile', '$this'), sliceElement('Patient.identifier:a', { min: 2 })],
    [
      [{}, 'Patient.identifier min'],
      [{ identifier: [{}] }, 'Patient.identifier min'],
      [{ identifier: [{}, {}] }],
    ],
  ],
  [
    'slices of a choice are distinguished by type',
    'Observation',
    [
      { id: 'Observation.value[x]' },
      sliceElement('Observation.value[x]:valueQuantity', { min: 1, max: '1', ...withTypes('Quantity') }),
    ],
    [[{ valueQuantity: {} }], [{ valueString: 'x' }, 'Observation.valueString min']],
  ],
  [
    'an element with an extension alone has not the value that is fixed',
    'Patient',
    [{ id: 'Patient.active', ...withTypes('boolean'), fixedBoolean: true }],
    [[{ active: true }], [{}], [{ _active: withExtension('http://x') }, 'Patient.active fixed']],
  ],
  [
    'resources within a resource have a type',
    'Bundle',
    [
      {
        id: 'Bundle.entry.resource',
        base: { path: 'Bundle.entry.resource', min: 0, max: '1' },
        ...withTypes('Patient'),
      },
    ],
    [
      [{ entry: [{ resource: { resourceType: 'Patient' } }, {}] }],
      [{ entry: [{ resource: { resourceType: 'Basic' } }] }, 'Bundle.entry.resource resource-type'],
    ],
  ],
  [
    'slices are distinguished by the type of a resource within them',
    'Bundle',
    [
      { id: 'Bundle.entry', ...withSlicing('type', 'resource') },
      sliceElement('Bundle.entry:who', { min: 1 }),
      { id: 'Bundle.entry:who.resource', ...withTypes('Patient') },
    ],
    [
      [{ entry: [{ resource: { resourceType: 'Basic' } }, { resource: { resourceType: 'Patient' } }] }],
      [{ entry: [{ resource: { resourceType: 'Basic' } }] }, 'Bundle.entry min'],
    ],
  ],
  [
    'slices are distinguished by the type of a choice within them',
    'Observation',
    [
      { id: 'Observation.component', ...withSlicing('type', 'value', 'closed') },
      sliceElement('Observation.component:amount', { max: '1' }),
      { id: 'Observation.component:amount.value[x]', ...withTypes('Quantity') },
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
  test('a reference to an entry of the same Bundle is bundled', async () => {
    const problems = async (aggregation: readonly string[]) => {
      const type = [{ code: 'Reference', aggregation }]
      const profiles = await profilesOn('Patient', [{ id: 'Patient.managingOrganization', type }])
      const resource = {
        resourceType: 'Patient',
        meta: { profile: [`${exampleUrl}mine`] },
        managingOrganization: { reference: 'urn:uuid:1' },
      }
      const organization = { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Organization' } }
      const bundle = { resourceType: 'Bundle', entry: [{ fullUrl: 'urn:uuid:2', resource }, organization] }
      return profiles.judge(bundle).problems.map((it) => it.rule)
    }
    expect(await problems(['bundled'])).toEqual([])
    expect(await problems(['referenced'])).toEqual([])
    expect(await problems(['contained'])).toEqual(['aggregation'])
  })

  test.each(rows)('%s', async (_, type, elements, cases) => {
    const profiles = await profilesOn(type, elements)
    for (const [has, ...broken] of cases)
      expect(brokenRules(profiles, type, has), JSON.stringify(has)).toEqual(broken)
  })

  test('are judged without a word of what they hold', async () => {
    const said = (['log', 'warn'] as const).map((it) =>
      vi.spyOn(console, it).mockImplementation(() => undefined),
    )
    const profiles = await profilesOn('Patient', [
      { id: 'Patient', ...withInvariant("name.trace('x').exists() and (birthDate + 1.5 years).exists()") },
    ])
    const patient = { name: [{ family: 'Secret' }], birthDate: '2000-01-01' }
    expect(brokenRules(profiles, 'Patient', patient)).toEqual([])
    for (const it of said) {
      expect(it).not.toHaveBeenCalled()
      it.mockRestore()
    }
  })

  test('are reported with what is expected', async () => {
    const profiles = await profilesOn('Observation', [
      { id: 'Observation.code', patternCodeableConcept: exampleConcept('a') },
      { id: 'Observation.status', fixedCode: 'final' },
      {
        id: 'Observation.value[x]',
        base: { path: 'Observation.value[x]', min: 0, max: '1' },
        ...withTypes('Quantity', 'string'),
      },
    ])
    const meta = { profile: [`${exampleUrl}mine`] }
    const { problems } = profiles.judge({
      resourceType: 'Observation',
      meta,
      code: {},
      status: 'x',
      valueBoolean: true,
    })
    expect(problems.map(({ expected }) => expected)).toEqual([
      `the pattern ${JSON.stringify(exampleConcept('a'))}`,
      'the fixed value "final"',
      'a value of type Quantity or string',
    ])
  })
})
