import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  exampleUrl,
  exampleConcept,
  structureDefinition,
  exampleCodeSystem,
} from '../fixtures/example-package.ts'
import { openProfiles, type Profiles } from '../open.ts'
import { compareVersions } from './canonical-index.ts'
import { packageManifest, writePackage, writePackageOf } from '../fixtures/write-package.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkcheck-'))
})
afterAll(() => rm(folder, { recursive: true }))

test.each([
  ['1.0.0', '1.0.0-ballot'],
  ['1.0.0-ballot', '0.9.0'],
  ['1.10.0', '1.9.0'],
  ['2.0.0-snapshot2', '2.0.0-snapshot1'],
  ['2.0.0+a', '2.0.0-ballot'],
  ['1.0', ''],
])('%s is newer than %s', (newer, older) => {
  expect(compareVersions(newer, older)).toBeGreaterThan(0)
  expect(compareVersions(older, newer)).toBeLessThan(0)
})

let many = 0
async function opened(...packages: readonly (readonly object[])[]): Promise<Profiles> {
  many += 1
  const paths = packages.map((it, i) => writePackageOf(folder, `v${many}.${i}`, ...it))
  return openProfiles(await Promise.all(paths))
}

const set = (url: string, version: string | undefined, ...include: readonly object[]) => ({
  ...{ resourceType: 'ValueSet', url: `${exampleUrl}${url}`, version },
  compose: { include },
})
const of = (...codes: string[]) => ({ system: exampleCodeSystem, concept: codes.map((code) => ({ code })) })
const bound = (valueSet: string) =>
  structureDefinition('mine', 'Observation', [
    { id: 'Observation.code', binding: { strength: 'required', valueSet: `${exampleUrl}${valueSet}` } },
  ])

/** Which of two codes are reported as wrong. */
function wrong(profiles: Profiles): readonly string[] {
  const meta = { profile: [`${exampleUrl}mine`] }
  return ['a', 'b'].filter(
    (code) =>
      profiles.judge({ resourceType: 'Observation', meta, code: exampleConcept(code) }).problems.length > 0,
  )
}
const reasons = (profiles: Profiles) =>
  profiles.seen(profiles.tally()).rows.flatMap((row) => row.notChecked.map(({ because }) => because))

describe('value sets', () => {
  test('count in the version that is named', async () => {
    const sets = [set('set', '1.0.0', of('a')), set('set', '2.0.0', of('b'))]
    expect(wrong(await opened([bound('set|1.0.0'), ...sets]))).toEqual(['b'])
    expect(wrong(await opened([bound('set|2.0.0'), ...sets]))).toEqual(['a'])
    expect(wrong(await opened([bound('set'), ...sets]))).toEqual(['a'])
  })

  test('count in no version where the one that is named is not there', async () => {
    const profiles = await opened([bound('set|3.0.0'), set('set', '1.0.0', of('a'))])
    expect(wrong(profiles)).toEqual([])
    expect(reasons(profiles)).toContain('no package contains its version 3.0.0')
  })

  test('of R4 count in a version of R4 alone', async () => {
    const gender = 'http://hl7.org/fhir/ValueSet/administrative-gender'
    const on = (version: string) => {
      const binding = { strength: 'required', valueSet: `${gender}${version}` }
      return structureDefinition('mine', 'Observation', [{ id: 'Observation.code', binding }])
    }
    expect(wrong(await opened([on('|4.0.1')]))).toEqual(['a', 'b'])
    expect(wrong(await opened([on('')]))).toEqual(['a', 'b'])
    expect(wrong(await opened([on('|5.0.0')]))).toEqual([])
  })

  test('count as their own package has them before they count as the newest', async () => {
    const old = [
      bound('set'),
      set('set', '1.0.0', { valueSet: [`${exampleUrl}in`] }),
      set('in', '1', of('a')),
    ]
    expect(wrong(await opened(old, [set('set', '2.0.0', of('b')), set('in', '2', of('b'))]))).toEqual(['b'])
  })

  test('take in code systems in the version that is named', async () => {
    const codes = {
      resourceType: 'CodeSystem',
      url: exampleCodeSystem,
      content: 'complete',
      concept: [{ code: 'a' }],
    }
    const all = [
      set('set', undefined, { system: exampleCodeSystem, version: '2' }),
      { ...codes, version: '1' },
    ]
    expect(wrong(await opened([bound('set'), ...all]))).toEqual([])
    expect(wrong(await opened([bound('set'), ...all, { ...codes, version: '2' }]))).toEqual(['b'])
  })

  test('that take in what is not known are known not to lack what they have', async () => {
    const profiles = await opened([
      bound('set'),
      set('set', undefined, of('a'), { valueSet: ['http://elsewhere.example/set'] }),
    ])
    expect(wrong(profiles)).toEqual([])
    expect(reasons(profiles)).toContain(
      'it includes http://elsewhere.example/set, and no package contains its codes',
    )
  })

  test('tell slices apart by what is known of them', async () => {
    const profile = structureDefinition('mine', 'Observation', [
      {
        id: 'Observation.category',
        slicing: { discriminator: [{ type: 'value', path: '$this' }], rules: 'closed' },
      },
      {
        ...{ id: 'Observation.category:in', sliceName: 'in', max: '1' },
        binding: { strength: 'required', valueSet: `${exampleUrl}set` },
      },
    ])
    const part = set('set', undefined, of('a'), { valueSet: ['http://elsewhere.example/set'] })
    const profiles = await opened([profile, part])
    const rulesOf = (...category: object[]) =>
      profiles
        .judge({ resourceType: 'Observation', meta: { profile: [`${exampleUrl}mine`] }, category })
        .problems.map(({ rule }) => rule)
    expect(rulesOf(exampleConcept('a'))).toEqual([])
    expect(rulesOf(exampleConcept('a'), exampleConcept('a'))).toEqual(['max'])
    expect(rulesOf(exampleConcept('a'), exampleConcept('b'))).toEqual([])
  })

  test.each<readonly [string, object, string]>([
    ['name nothing', { include: [{}] }, 'it names neither a system nor a value set'],
    ['are defined by themselves', { include: [{ valueSet: [`${exampleUrl}set`] }] }, 'it includes itself'],
    ['are empty', { include: [] }, 'no package contains its codes'],
  ])('that %s are not judged by', async (_, compose, because) => {
    const profiles = await opened([
      bound('set'),
      { resourceType: 'ValueSet', url: `${exampleUrl}set`, compose },
    ])
    expect(wrong(profiles)).toEqual([])
    expect(reasons(profiles)).toEqual(expect.arrayContaining([because]))
  })

  test('may be as deep as they like, and so may code systems', async () => {
    const chain = Array.from({ length: 6000 }, (_, i) =>
      set(i === 0 ? 'set' : `set${i}`, undefined, { valueSet: [`${exampleUrl}set${i + 1}`] }),
    )
    const depth = 20_000
    // JSON.stringify does not go so deep.
    const nested = `${'{"code":"x","concept":['.repeat(depth)}{"code":"a"}${']}'.repeat(depth)}`
    const whole = `{"resourceType":"CodeSystem","url":"${exampleCodeSystem}","content":"complete","concept":[${nested}]}`
    const path = await writePackage(folder, 'deep', {
      'package.json': packageManifest,
      'a.json': bound('set'),
      'b.json': whole,
      ...Object.fromEntries(chain.map((it, i) => [`c${i}.json`, it])),
      'd.json': set('set6000', undefined, { system: exampleCodeSystem }),
    })
    expect(wrong(await openProfiles([path]))).toEqual(['b'])
  })
})

const inner = (...elements: Parameters<typeof structureDefinition>[2]) =>
  structureDefinition('ext', 'Extension', elements, { kind: 'complex-type' })
const text = {
  id: 'Extension.value[x]',
  min: 1,
  base: { path: 'Extension.value[x]', min: 0, max: '1' },
  max: '1',
}
const uses = (canonical: string, version: string) =>
  structureDefinition(
    'patient',
    'Patient',
    [
      {
        id: 'Patient.extension',
        slicing: { discriminator: [{ type: 'value', path: 'url' }], rules: 'open' },
      },
      {
        ...{ id: 'Patient.extension:ext', sliceName: 'ext' },
        type: [{ code: 'Extension', profile: [`${exampleUrl}${canonical}`] }],
      },
    ],
    { version },
  )

describe('definitions of extensions', () => {
  const old = { ...inner(text), version: '1.0.0' }
  const latest = { ...inner(), version: '2.0.0' }
  const breaks = (profiles: Profiles, profile?: string) =>
    profiles
      .judge({
        resourceType: 'Patient',
        ...(profile ? { meta: { profile: [`${exampleUrl}${profile}`] } } : {}),
        extension: [{ url: `${exampleUrl}ext` }],
      })
      .problems.map((it) => it.profile)

  test('count as the package of the profile has them, or else in the newest version', async () => {
    const packages = [
      [uses('ext', '1.0.0'), old],
      [uses('ext', '2.0.0'), latest],
    ]
    for (const order of [packages, packages.toReversed()]) {
      const profiles = await opened(...order)
      expect(breaks(profiles, 'patient|1.0.0')).toEqual([`${exampleUrl}ext|1.0.0`])
      expect(breaks(profiles, 'patient|2.0.0')).toEqual([])
      expect(breaks(profiles, 'patient')).toEqual([])
      expect(breaks(profiles)).toEqual([])
    }
  })

  test('count in the version that a profile names', async () => {
    const profiles = await opened([uses('ext|1.0.0', '1.2.0'), latest], [old])
    expect(breaks(profiles, 'patient')).toEqual([`${exampleUrl}ext|1.0.0`])
  })

  test('count though several packages share them', async () => {
    const profiles = await opened([uses('ext', '1.2.0'), old], [old])
    expect(breaks(profiles, 'patient')).toEqual([`${exampleUrl}ext|1.0.0`])
  })

  test('count in no version where the one that is named is not there', async () => {
    const profiles = await opened([uses('ext|3.0.0', '1.2.0'), old])
    expect(breaks(profiles, 'patient')).toEqual([])
    expect(reasons(profiles)).toEqual([`no package defines ${exampleUrl}ext|3.0.0`])
  })
})

test('a profile that came before its release is not the newest', async () => {
  const asks = (element: string, version: string) =>
    structureDefinition('mine', 'Patient', [{ id: `Patient.${element}`, min: 1 }], { version })
  const profiles = await opened([asks('gender', '1.0.0'), asks('birthDate', '1.0.0-ballot')])
  const { problems } = profiles.judge({ resourceType: 'Patient', meta: { profile: [`${exampleUrl}mine`] } })
  expect(problems.map(({ path }) => path)).toEqual(['Patient.gender'])
})

describe('claims of profiles that no package has', () => {
  test('are counted in words of the packages', async () => {
    const known = structureDefinition('mine', 'Patient', [], { baseDefinition: `${exampleUrl}parent` })
    const profiles = await opened([known])
    const tally = profiles.tally()
    const claims = [
      [`${exampleUrl}mine|9.9.9`],
      [`${exampleUrl}parent`],
      [`${exampleUrl}Secret`, 'http://elsewhere.example/Secret'],
      ['http://hl7.org/fhir/StructureDefinition/Patient', `${exampleUrl}mine`],
      [1],
    ]
    for (const profile of claims)
      profiles.add(tally, profiles.judge({ resourceType: 'Patient', meta: { profile } }))
    const { notes } = profiles.seen(profiles.merge(structuredClone(tally), structuredClone(tally)))
    expect(notes).toEqual([
      `2 resources claim ${exampleUrl}mine in a version that no package has.`,
      `2 resources claim ${exampleUrl}parent, which no package has.`,
      '2 resources claim profiles that no package has or names.',
    ])
  })

  test('of an earlier patch are validated against the later one, as if they did not claim it', async () => {
    const needs = (version: string) =>
      structureDefinition('mine', 'Patient', [{ id: 'Patient.name', min: 1 }], { version })
    const profiles = await opened([needs('1.2.3'), needs('1.2.10'), needs('1.3.0')])
    const judged = (version: string) => {
      const meta = { profile: [`${exampleUrl}mine|${version}`] }
      const found = profiles.judge({ resourceType: 'Patient', meta })
      const tally = profiles.tally()
      profiles.add(tally, found)
      return [found.problems.length, found.unmet.length, ...(profiles.seen(tally).notes ?? [])]
    }
    expect(judged('1.2.3')).toEqual([1, 0])
    expect(judged('1.2.4')).toEqual([
      ...[0, 1],
      `1 resource claims an earlier patch of ${exampleUrl}mine|1.2.10; bulkcheck used the later one.`,
    ])
    const unknown = `1 resource claims ${exampleUrl}mine in a version that no package has.`
    expect(judged('1.2.11')).toEqual([0, 0, unknown])
    expect(judged('1.1.0')).toEqual([0, 0, unknown])
  })

  test('are reported with the base URL of the package', async () => {
    const path = await writePackage(folder, 'based', {
      'package.json': { ...packageManifest, canonical: 'http://example.org/' },
    })
    const profiles = await openProfiles([path])
    const tally = profiles.tally()
    profiles.add(
      tally,
      profiles.judge({ resourceType: 'Patient', meta: { profile: [`${exampleUrl}Secret`] } }),
    )
    expect(profiles.seen(tally).notes).toEqual([
      '1 resource claims profiles below http://example.org that no package has or names.',
    ])
  })
})
