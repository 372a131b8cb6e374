import { describe, expect, test } from 'vitest'
import { profilesOn, snapshotOf } from '../fixtures/element-profiles.ts'
import { exampleUrl } from '../fixtures/example-package.ts'

interface Definition {
  readonly context?: readonly (readonly [type: string, expression: string])[]
  readonly invariant?: string
  readonly modifier?: boolean
}

const url = `${exampleUrl}ext`
const use = { url, valueString: 'x' }

async function withDefinition({ context, invariant, modifier }: Definition) {
  const definition = {
    ...snapshotOf('ext', 'Extension', [{ id: 'Extension', isModifier: modifier ?? false }]),
    ...(context ? { context: context.map(([type, expression]) => ({ type, expression })) } : {}),
    ...(invariant === undefined ? {} : { contextInvariant: [invariant] }),
  }
  return profilesOn('Basic', [], definition)
}

type Row = readonly [context: readonly [string, string], resource: object, broken: readonly string[]]
const patient = (has: object) => ({ resourceType: 'Patient', ...has })
const within = { extension: [use] }
const rows: readonly Row[] = [
  [['element', 'Patient'], patient(within), []],
  [['element', 'Resource'], patient(within), []],
  [['element', 'Element'], patient(within), []],
  [['element', 'BackboneElement'], patient(within), ['Patient.extension extension-context']],
  [
    ['element', 'CodeSystem.concept'],
    { resourceType: 'CodeSystem', concept: [{ concept: [{ concept: [within] }] }] },
    [],
  ],
  [['element', 'Observation'], patient(within), ['Patient.extension extension-context']],
  [['element', 'Patient.name'], patient({ name: [within] }), []],
  [['element', 'HumanName'], patient({ name: [within] }), []],
  [['element', 'Element'], patient({ name: [within] }), []],
  [['element', 'Address'], patient({ name: [within] }), ['Patient.name.extension extension-context']],
  [['element', 'HumanName.family'], patient({ name: [{ _family: within }] }), []],
  [['element', 'string'], patient({ name: [{ _given: [within] }] }), []],
  [['element', 'BackboneElement'], patient({ contact: [within] }), []],
  [['element', 'Patient.contact.name'], patient({ contact: [{ name: within }] }), []],
  [['element', 'Observation.value[x]'], { resourceType: 'Observation', valueQuantity: within }, []],
  [['element', 'Quantity'], { resourceType: 'Observation', valueQuantity: within }, []],
  [['element', 'Patient'], { resourceType: 'Basic', contained: [patient(within)] }, []],
  [['element', 'SomethingElse'], patient(within), []],
  [['extension', 'http://outer'], patient({ extension: [{ url: 'http://outer', ...within }] }), []],
  [
    ['extension', 'http://outer'],
    patient({ extension: [{ url: 'http://else', ...within }] }),
    ['Patient.extension.extension extension-context'],
  ],
  [['fhirpath', 'Patient.name'], patient({ name: [within] }), []],
  [
    ['fhirpath', 'Patient.name'],
    patient({ name: [{}], contact: [within] }),
    ['Patient.contact.extension extension-context'],
  ],
]

describe('extensions', () => {
  test.each(rows)('of context %j in %j', async (context, resource, broken) => {
    const { problems } = (await withDefinition({ context: [context] })).judge(resource)
    expect(problems.map(({ path, rule }) => `${path} ${rule}`)).toEqual(broken)
  })

  test('keep what their definition says of the place', async () => {
    const profiles = await withDefinition({ invariant: "%extension.value = 'x' implies active.exists()" })
    expect(profiles.judge(patient({ ...within, active: true })).problems).toEqual([])
    expect(profiles.judge(patient(within)).problems).toMatchObject([
      { path: 'Patient.extension', rule: 'extension-context' },
    ])
  })

  test.each([
    [true, 'modifierExtension', []],
    [true, 'extension', ['extension-modifier']],
    [false, 'modifierExtension', ['extension-modifier']],
  ] as const)('that modify (%s) are in %s', async (modifier, name, broken) => {
    const { problems } = (await withDefinition({ modifier })).judge(patient({ [name]: [use] }))
    expect(problems.map(({ rule }) => rule)).toEqual(broken)
  })

  const complex = snapshotOf('complex', 'Extension', [
    {
      id: 'Extension.extension',
      slicing: { discriminator: [{ type: 'value', path: 'url' }], rules: 'open' },
    },
    { id: 'Extension.extension:part', sliceName: 'part' },
    { id: 'Extension.extension:part.url', min: 1, fixedUri: 'part' },
  ])

  test.each([
    ['part', []],
    ['foo', ['Patient.extension.extension extension-part']],
    ['http://elsewhere.example/any', []],
  ])('have a part %s', async (part, broken) => {
    const extension = [{ url: `${exampleUrl}complex`, extension: [{ url: part, valueString: 'x' }] }]
    const { problems } = (await profilesOn('Basic', [], complex)).judge(patient({ extension }))
    expect(problems.map(({ path, rule }) => `${path} ${rule}`)).toEqual(broken)
  })

  test('that no package defines are counted by URL, if it is a plain one', async () => {
    const profiles = await withDefinition({})
    const tally = profiles.tally()
    const unknown = ['http://a.example/x', 'http://a.example/x', 'http://a.example/x?patient=Doe', 'part']
    const extension = unknown.map((it) => ({ url: it, valueString: 'x' }))
    for (const it of [patient({ extension }), patient({ name: [{ extension }] }), patient(within)])
      profiles.add(tally, profiles.judge(it))
    expect(profiles.seen(profiles.merge(tally, profiles.tally())).notes).toEqual([
      '2 resources use other extensions that no package defines.',
      '2 resources use the extension http://a.example/x, which no package defines.',
    ])
  })
})
