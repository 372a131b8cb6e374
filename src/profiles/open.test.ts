import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  exampleUrl,
  observationCategorySystem,
  exampleConcept,
  packageFiles,
  exampleCodeSystem,
  structureDefinition,
} from './fixtures/example-package.ts'
import { profilesOn } from './fixtures/element-profiles.ts'
import { openProfiles, type Profiles } from './open.ts'
import { packageManifest, writePackage } from './fixtures/write-package.ts'
import { examplePatient, exampleObservation, secretText } from './fixtures/example-resources.ts'

let folder: string
let profiles: Profiles

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkcheck-'))
  const path = await writePackage(folder, 'good', {
    'package.json': packageManifest,
    ...packageFiles,
    'example/0.json': 'not looked at',
  })
  profiles = await openProfiles([path])
})
afterAll(() => rm(folder, { recursive: true }))

const rulesOf = (resource: unknown): readonly string[] =>
  profiles.judge(resource).problems.map(({ path, rule }) => `${path} ${rule}`)

describe('profiles', () => {
  test('are met by resources that have all they ask for', () => {
    for (const it of [exampleObservation, examplePatient]) {
      const { problems, unmet, outcomes } = profiles.judge(it)
      expect([...problems, ...unmet]).toEqual([])
      expect(outcomes).toMatchObject([{ claimed: true, conforms: true }])
    }
  })

  test.each<readonly [string, object, readonly string[]]>([
    ['an element that is missing', { subject: undefined }, ['Observation.subject min']],
    ['a choice that is missing', { effectiveDateTime: undefined }, ['Observation.effective[x] min']],
    [
      'a choice of another type',
      { effectiveDateTime: undefined, effectiveInstant: 'x' },
      ['Observation.effectiveInstant choice'],
    ],
    ['an element that must not be there', { note: [{ text: secretText }] }, ['Observation.note max']],
    ['a code of another value set', { status: 'amended' }, ['Observation.status binding']],
    ['a code without the pattern', { code: exampleConcept(secretText) }, ['Observation.code pattern']],
    [
      'a slice that is missing',
      { category: [{ coding: [{ system: observationCategorySystem, code: 'exam' }] }] },
      ['Observation.category min'],
    ],
    [
      'a slice that occurs twice',
      { category: [...exampleObservation.category, ...exampleObservation.category] },
      ['Observation.category max'],
    ],
    [
      'a fixed value in a slice',
      {
        category: [
          {
            coding: [
              ...(exampleObservation.category[0]?.coding ?? []),
              { system: observationCategorySystem, code: secretText },
            ],
          },
        ],
      },
      ['Observation.category.coding.code fixed'],
    ],
    [
      'a reference to another type',
      { subject: { reference: 'Group/1' } },
      ['Observation.subject reference-target'],
    ],
    [
      'a reference to a contained resource of another type',
      { subject: { reference: '#g' }, contained: [{ resourceType: 'Group', id: 'g' }] },
      ['Observation.subject reference-target'],
    ],
    [
      'a reference that only says another type',
      { subject: { type: 'Group' } },
      ['Observation.subject reference-target'],
    ],
    [
      'an item in none of all slices',
      { component: [...exampleObservation.component, { code: exampleConcept('hat') }] },
      ['Observation.component slicing'],
    ],
    [
      'a choice of a type that is no slice',
      { valueQuantity: undefined, valueString: secretText },
      ['Observation.valueString slicing'],
    ],
    ['a fixed value', { valueQuantity: { code: secretText } }, ['Observation.valueQuantity.code fixed']],
    ['a value missing in a slice', { valueQuantity: {} }, ['Observation.valueQuantity.code min']],
    [
      'an element missing in a slice',
      { component: [{ code: exampleConcept('shoes') }] },
      ['Observation.component.value[x] min'],
    ],
    [
      'no invariant that evaluates to nothing',
      { effectiveDateTime: undefined, effectivePeriod: { start: '2024' } },
      [],
    ],
    ['an invariant on a choice', { effectiveDateTime: '2024' }, ['Observation.effectiveDateTime day']],
    [
      'an extension that is there twice',
      { extension: [...exampleObservation.extension, ...exampleObservation.extension] },
      ['Observation.extension max'],
    ],
    [
      'an extension of another form',
      { extension: [{ url: `${exampleUrl}origin`, valueString: secretText }] },
      ['Observation.extension.extension min', 'Observation.extension.valueString max'],
    ],
    [
      'an extension within an extension of another type',
      { extension: [{ url: `${exampleUrl}origin`, extension: [{ url: 'text', valueCode: secretText }] }] },
      ['Observation.extension.extension.valueCode choice'],
    ],
    [
      'an extension that its definition does not list',
      {
        extension: [
          {
            url: `${exampleUrl}origin`,
            extension: [...(exampleObservation.extension[0]?.extension ?? []), { url: secretText }],
          },
        ],
      },
      ['Observation.extension.extension slicing'],
    ],
    [
      'a profile on another type',
      { meta: { profile: [`${exampleUrl}weight`, `${exampleUrl}patient`] } },
      ['Observation.meta.profile profile-type'],
    ],
  ])('tell %s', (_, change, expected) => {
    const resource = JSON.parse(JSON.stringify({ ...exampleObservation, ...change })) as unknown
    expect(rulesOf(resource)).toEqual(expected)
    expect(JSON.stringify(profiles.judge(resource))).not.toContain(`${secretText}"`)
  })

  test.each<readonly [string, object, readonly string[]]>([
    [
      'a primitive element that has an extension instead of a value',
      { birthDate: undefined, _birthDate: { extension: [] } },
      [],
    ],
    ['an invariant', { name: [{ given: [secretText] }] }, ['Patient.name known']],
    [
      'a slice by what is not there',
      { identifier: [{ value: '1' }, { value: '2' }] },
      ['Patient.identifier max'],
    ],
    ['what is not in a slice', { identifier: [{ value: '1' }, { value: '2', period: {} }] }, []],
    [
      'an extension wherever it stands',
      { contact: [{ secretName: { extension: [{ url: `${exampleUrl}origin` }] } }] },
      ['Patient.contact.extension.extension min'],
    ],
    [
      'an extension of a contained resource',
      { contained: [{ resourceType: 'Group', extension: [{ url: `${exampleUrl}origin` }] }] },
      ['Patient.contained(Group).extension.extension min'],
    ],
  ])('on a Patient tell %s', (_, change, expected) => {
    expect(rulesOf(JSON.parse(JSON.stringify({ ...examplePatient, ...change })))).toEqual(expected)
  })

  test('are named with their version in problems', () => {
    expect(profiles.judge({ ...exampleObservation, status: 'amended' }).problems).toEqual([
      {
        path: 'Observation.status',
        rule: 'binding',
        expected: `a code of the value set ${exampleUrl}done`,
        actual: 'no code of the value set',
        profile: `${exampleUrl}weight|1.2.0`,
      },
    ])
  })

  test('are not judged in a version that no package has', () => {
    const { outcomes } = profiles.judge({
      ...exampleObservation,
      meta: { profile: [`${exampleUrl}weight|9.0.0`] },
    })
    expect(outcomes).toMatchObject([{ claimed: false }])
  })

  test('decide nothing about what is no resource', () => {
    for (const it of [undefined, null, 1, [], {}, { resourceType: secretText }, { resourceType: 1 }])
      expect(profiles.judge(it)).toMatchObject({ problems: [], unmet: [], outcomes: [], unheld: [] })
  })

  test('never quote a resource', () => {
    const marked = 'zqzq'
    const places = (it: unknown): readonly unknown[] =>
      typeof it !== 'object' || it === null
        ? [marked, { [marked]: marked }, [marked], { coding: [{ system: marked, code: marked }] }]
        : Array.isArray(it)
          ? it.flatMap((item, i) => places(item).map((value) => it.with(i, value)))
          : Object.entries(it).flatMap(([name, value]) => [
              ...places(value).map((other) => ({ ...it, [name]: other })),
              { ...it, [marked]: value },
              { ...it, [name]: { [marked]: value } },
            ])
    for (const resource of [...places(exampleObservation), ...places(examplePatient)]) {
      const { problems, unmet } = profiles.judge(resource)
      expect(JSON.stringify([problems, unmet])).not.toContain(marked)
    }
  })

  test('survive any JSON where they expect something', () => {
    const odd = [
      null,
      true,
      1,
      '',
      'x',
      [],
      [null],
      [[]],
      {},
      { coding: null },
      { coding: [null, 1, {}] },
      { reference: 1 },
    ]
    for (const name of Object.keys(exampleObservation))
      for (const value of odd) {
        if (name === 'resourceType') continue
        expect(() => profiles.judge({ ...exampleObservation, [name]: value })).not.toThrow()
      }
  })
})

describe('resources that claim nothing', () => {
  const unclaimed = { ...exampleObservation, meta: undefined }

  test('are judged against the profile that is about them', () => {
    const { problems, unmet, outcomes } = profiles.judge({ ...unclaimed, status: 'amended' })
    expect(problems).toEqual([])
    expect(unmet).toMatchObject([{ path: 'Observation.status', rule: 'binding' }])
    expect(outcomes).toMatchObject([
      { claimed: false, conforms: false, profile: { url: `${exampleUrl}weight` } },
    ])
  })

  test('are judged against the only profile on their type that its guide names', () => {
    expect(profiles.judge({ resourceType: 'Patient' }).unmet).toMatchObject([
      { path: 'Patient.birthDate', rule: 'min' },
    ])
  })

  test.each<readonly [string, object, number]>([
    ['names a profile for all of their type', { global: [{ type: 'Patient', profile: 'any' }] }, 1],
    ['says that servers conform to it', { rest: [{ mode: 'server', resource: [{ profile: 'any' }] }] }, 1],
    ['says so of clients', { rest: [{ mode: 'client', resource: [{ profile: 'any' }] }] }, 0],
    ['names several', { rest: [{ mode: 'server', resource: [{ supportedProfile: ['any', 'other'] }] }] }, 0],
    ['says nothing of it', {}, 0],
  ])('are judged against a profile whose guide %s', async (_, said, chosen) => {
    const guide = JSON.parse(JSON.stringify(said).replaceAll('"any"', `"${exampleUrl}any"`)) as object
    const resourceType = 'global' in said ? 'ImplementationGuide' : 'CapabilityStatement'
    const any = structureDefinition('any', 'Patient', [{ id: 'Patient.name', min: 1 }])
    const opened = await profilesOn('Basic', [], any, { resourceType, ...guide })
    expect(opened.judge({ resourceType: 'Patient' }).unmet).toHaveLength(chosen)
  })

  test('are judged against none if none is about them', () => {
    expect(profiles.judge({ ...unclaimed, code: exampleConcept('height') }).outcomes).toEqual([])
    expect(profiles.judge({ resourceType: 'Encounter' }).outcomes).toEqual([])
  })

  test('have their extensions judged all the same', () => {
    const { problems } = profiles.judge({
      resourceType: 'Encounter',
      extension: [{ url: `${exampleUrl}origin` }],
    })
    expect(problems).toMatchObject([
      { path: 'Encounter.extension.extension', rule: 'min', profile: `${exampleUrl}origin|1.2.0` },
    ])
  })
})

describe('a summary', () => {
  const row = (id: string, resources: readonly unknown[]) => {
    const tally = profiles.tally()
    for (const it of resources) profiles.add(tally, profiles.judge(it))
    return profiles.seen(structuredClone(tally)).rows.find(({ url }) => url === exampleUrl + id)
  }

  test('counts resources, and tells what was seen of what must be supported', () => {
    const all = [
      exampleObservation,
      { ...exampleObservation, status: 'amended', extension: [] },
      { ...exampleObservation, meta: {} },
    ]
    expect(row('weight', all)).toMatchObject({
      ...{ type: 'Observation', version: '1.2.0', title: 'Title of weight' },
      ...{ claimed: 2, failed: 1, chosen: 1, unmet: 0 },
      seen: [
        'Observation.extension:origin',
        'Observation.status',
        'Observation.category:vital',
        'Observation.code',
        'Observation.effectiveDateTime',
        'Observation.value[x]',
        'Observation.value[x]:valueQuantity',
        'Observation.value[x]:valueQuantity.code',
      ],
      notSeen: ['Observation.component:clothes'],
    })
  })

  test('sees extensions of primitive elements', () => {
    const _birthDate = {
      extension: [{ url: `${exampleUrl}origin`, extension: [{ url: 'text', valueString: 'x' }] }],
    }
    expect(row('patient', [examplePatient])?.notSeen).toEqual(['Patient.birthDate.extension:origin'])
    expect(row('patient', [{ ...examplePatient, _birthDate }])?.notSeen).toEqual([])
  })

  test('is the same whichever way tallies are merged', () => {
    const tallies = [
      exampleObservation,
      { ...exampleObservation, status: 'amended' },
      examplePatient,
      { ...exampleObservation, meta: {} },
    ].map((it) => {
      const tally = profiles.tally()
      profiles.add(tally, profiles.judge(it))
      return JSON.parse(JSON.stringify(tally)) as ReturnType<Profiles['tally']>
    })
    const forward = tallies.reduce(profiles.merge, profiles.tally())
    const backward = tallies.toReversed().reduce((a, b) => profiles.merge(b, a), profiles.tally())
    expect(profiles.seen(forward)).toEqual(profiles.seen(backward))
    expect(profiles.seen(forward).rows.reduce((sum, it) => sum + it.claimed + it.chosen, 0)).toBe(4)
  })

  test('says what is not checked, and why', () => {
    const { notChecked = [] } = row('unchecked', []) ?? {}
    expect(notChecked.map(({ path, what, because }) => `${path} ${what}: ${because}`)).toEqual([
      'Observation.code http://elsewhere.example/ValueSet/a: no package contains its codes',
      `Observation.method ${exampleUrl}partly: no package contains all codes of http://far.example; codes of other systems are checked`,
      'Observation.focus reference-target: no package defines http://hl7.org/fhir/StructureDefinition/Nothing',
      `Observation.note type-profile: no package defines ${exampleUrl}note`,
      'Observation.performer far: its expression needs other resources, profiles or a terminology server',
      'Observation.performer odd: its expression cannot be parsed',
      'Observation.component:x slicing: the slices do not name the profiles that distinguish them',
      'Observation resources that do not claim it: http://elsewhere.example/ValueSet/a decides which resources it applies to, and no package contains its codes',
    ])
  })

  test('of a value set that is known in part tells what is certainly not in it', () => {
    const judged = (coding: object) =>
      rulesOf({
        resourceType: 'Observation',
        meta: { profile: [`${exampleUrl}unchecked`] },
        code: {},
        component: [{}],
        method: { coding: [coding] },
      })
    expect(judged({ system: exampleCodeSystem, code: 'fine-scale' })).toEqual([])
    expect(judged({ system: 'http://far.example', code: 'any' })).toEqual([])
    expect(judged({ system: exampleCodeSystem, code: 'none' })).toEqual(['Observation.method binding'])
    expect(judged({ system: 'http://other.example', code: 'scale' })).toEqual(['Observation.method binding'])
  })
})
