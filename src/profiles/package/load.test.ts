import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { create } from 'tar'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleUrl, packageFiles, patientProfile, structureDefinition } from '../fixtures/example-package.ts'
import { openProfiles } from '../open.ts'
import { packageManifest, writePackage, writePackageOf } from '../fixtures/write-package.ts'
import { examplePatient, secretText } from '../fixtures/example-resources.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkcheck-'))
  await writePackage(folder, 'good', {
    'package.json': packageManifest,
    ...packageFiles,
    'example/0.json': 'not looked at',
  })
})
afterAll(() => rm(folder, { recursive: true }))

describe('packages', () => {
  test('may be folders, with or without their outer one', async () => {
    for (const path of [join(folder, 'good'), join(folder, 'good', 'package')])
      expect((await openProfiles([path])).packages).toEqual(['hand.made 1.2.0'])
  })

  test('may share definitions', async () => {
    const path = join(folder, 'good.tgz')
    expect((await openProfiles([path, path])).judge(examplePatient).outcomes).toHaveLength(1)
  })

  test('say in a list or in a text what FHIR they are of', async () => {
    const path = await writePackage(folder, 'text', {
      'package.json': { ...packageManifest, fhirVersions: '4.0.1' },
    })
    expect((await openProfiles([path])).packages).toEqual(['hand.made 1.2.0'])
  })

  test('may begin their paths with a dot', async () => {
    const path = join(folder, 'dotted.tgz')
    await create({ gzip: true, file: path, cwd: join(folder, 'good') }, ['./package'])
    expect((await openProfiles([path])).judge(examplePatient).outcomes).toHaveLength(1)
  })

  test('name the definitions that are left out', async () => {
    const { snapshot: _, ...bare } = patientProfile
    const path = await writePackageOf(folder, 'part', bare, bare, { ...patientProfile, fhirVersion: '5.0.0' })
    const profiles = await openProfiles([path])
    expect(profiles.seen(profiles.tally()).notes).toEqual([
      `bulkcheck does not use ${exampleUrl}patient|2.0.0, ${exampleUrl}patient|2.0.0 of part 1.2.0: no snapshot.`,
      `bulkcheck does not use ${exampleUrl}patient|2.0.0 of part 1.2.0: for another FHIR release.`,
    ])
  })

  test('that are newer decide where a claim names no version', async () => {
    const old = { ...patientProfile, version: '1.10.0', url: patientProfile.url }
    const path = await writePackage(folder, 'old', { 'package.json': packageManifest, 'a.json': old })
    const both = await openProfiles([join(folder, 'good.tgz'), path])
    const claim = (profile: string) =>
      both.judge({ ...examplePatient, meta: { profile: [profile] } }).outcomes.map((it) => it.profile.version)
    expect(claim(`${exampleUrl}patient`)).toEqual(['2.0.0'])
    expect(claim(`${exampleUrl}patient|1.10.0`)).toEqual(['1.10.0'])
  })

  test.each<readonly [string, () => Promise<string>, RegExp]>([
    [
      'is not there',
      async () => join(folder, 'none.tgz'),
      /none\.tgz cannot be read: there is no such file or folder\.$/,
    ],
    [
      'is not gzip',
      async () => {
        await writeFile(join(folder, 'text.tgz'), secretText)
        return join(folder, 'text.tgz')
      },
      /is not a FHIR package: it is not a gzip file\.$/,
    ],
    [
      'is damaged',
      async () => {
        await writeFile(join(folder, 'cut.tgz'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]))
        return join(folder, 'cut.tgz')
      },
      /is not a FHIR package: its gzip data is damaged\.$/,
    ],
    [
      'is no tar archive',
      async () => {
        await writeFile(join(folder, 'zip.tgz'), gzipSync(secretText.repeat(500)))
        return join(folder, 'zip.tgz')
      },
      /is not a FHIR package: it contains no tar archive\.$/,
    ],
    [
      'has no package.json',
      () => writePackage(folder, 'bare', { 'a.json': patientProfile }),
      /is not a FHIR package: package\/package\.json is missing\.$/,
    ],
    [
      'is for npm',
      () => writePackage(folder, 'npm', { 'package.json': { name: 'x' } }),
      /its package\.json has no fhirVersions\.$/,
    ],
    [
      'is of another FHIR',
      () => writePackage(folder, 'r5', { 'package.json': { ...packageManifest, fhirVersions: ['5.0.0'] } }),
      /is a package for FHIR 5\.0\.0; bulkcheck supports packages for FHIR 4\.0\.$/,
    ],
    [
      'has a package.json that is not JSON',
      () => writePackage(folder, 'bad', { 'package.json': `{${secretText}` }),
      /package\/package\.json is not a JSON object\.$/,
    ],
  ])('that %s are refused', async (_, path, message) => {
    await expect(openProfiles([await path()])).rejects.toThrow(message)
  })

  const element = { id: 'Patient.name', path: 'Patient.name' }
  const profile = (more: object) => ({ ...patientProfile, ...more })
  const within = (more: object) => profile({ snapshot: { element: [{ ...element, ...more }] } })
  const valueSet = (include: unknown) => ({ resourceType: 'ValueSet', url: 'http://x', compose: { include } })
  const codeSystem = (concept: unknown) => ({ resourceType: 'CodeSystem', url: 'http://x', concept })

  test.each<readonly [object, string]>([
    [profile({ name: undefined }), 'name is missing'],
    [profile({ type: undefined }), 'type is missing'],
    [profile({ url: 5 }), 'url is not a string'],
    [profile({ baseDefinition: 5 }), 'baseDefinition is not a string'],
    [profile({ snapshot: null }), 'snapshot is not an object'],
    [profile({ snapshot: {} }), 'snapshot.element is missing'],
    [profile({ snapshot: { element: [] } }), 'snapshot.element is empty'],
    [profile({ snapshot: { element: [null] } }), 'snapshot.element[0] is not an object'],
    [within({ id: undefined }), 'snapshot.element[0].id is missing'],
    [within({ path: undefined }), 'snapshot.element[0].path is missing'],
    [within({ base: { path: 5, min: 0, max: '1' } }), 'snapshot.element[0].base.path is not a string'],
    [within({ min: '1' }), 'snapshot.element[0].min is not a number'],
    [within({ type: 'string' }), 'snapshot.element[0].type is not an array'],
    [within({ type: {} }), 'snapshot.element[0].type is not an array'],
    [within({ type: [null] }), 'snapshot.element[0].type[0] is not an object'],
    [within({ type: [{ code: 'x', profile: 5 }] }), 'snapshot.element[0].type[0].profile is not an array'],
    [
      within({ type: [{ code: 'x', targetProfile: [null] }] }),
      'snapshot.element[0].type[0].targetProfile[0] is not a string',
    ],
    [within({ constraint: {} }), 'snapshot.element[0].constraint is not an array'],
    [within({ constraint: [null] }), 'snapshot.element[0].constraint[0] is not an object'],
    [
      within({ binding: { strength: 'required', valueSet: 5 } }),
      'snapshot.element[0].binding.valueSet is not a string',
    ],
    [
      within({ slicing: { discriminator: [null] } }),
      'snapshot.element[0].slicing.discriminator[0] is not an object',
    ],
    [
      within({ slicing: { discriminator: [{ type: 'value' }] } }),
      'snapshot.element[0].slicing.discriminator[0].path is missing',
    ],
    [within({ extension: [null] }), 'snapshot.element[0].extension[0] is not an object'],
    [valueSet([null]), 'compose.include[0] is not an object'],
    [valueSet({}), 'compose.include is not an array'],
    [valueSet([{ concept: [null] }]), 'compose.include[0].concept[0] is not an object'],
    [valueSet([{ concept: 'x' }]), 'compose.include[0].concept is not an array'],
    [valueSet([{ valueSet: [5] }]), 'compose.include[0].valueSet[0] is not a string'],
    [codeSystem('x'), 'concept is not an array'],
    [codeSystem([{ code: 'a', concept: [{}] }]), 'concept[0].concept[0].code is missing'],
  ])('that hold %j are read without it, and name it', async (definition, flaw) => {
    const path = await writePackageOf(folder, 'flawed', definition, patientProfile)
    const profiles = await openProfiles([path])
    const { url } = definition as { readonly url: unknown }
    const name = typeof url === 'string' ? url : 'package/0.json'
    expect(profiles.seen(profiles.tally()).notes?.join()).toMatch(
      new RegExp(
        `^bulkcheck does not use ${name}[^ ]* of flawed 1.2.0: ${flaw.replace(/[.[\]]/g, '\\$&')}\\.$`,
      ),
    )
    expect(profiles.judge(examplePatient).outcomes).toHaveLength(1)
  })

  test('that hold what is not JSON are read without it', async () => {
    const files = { 'package.json': packageManifest, 'a.json': `{${secretText}`, 'b.json': patientProfile }
    const profiles = await openProfiles([await writePackage(folder, 'broken', files)])
    expect(profiles.seen(profiles.tally()).notes).toEqual([
      'bulkcheck does not use package/a.json of hand.made 1.2.0: not JSON.',
    ])
    expect(profiles.judge(examplePatient).outcomes).toHaveLength(1)
  })

  test('of another FHIR count if a package depends on them', async () => {
    const r5 = await writePackage(folder, 'tools', {
      'package.json': { ...packageManifest, name: 'tools', fhirVersions: ['5.0.0'] },
      'a.json': { ...patientProfile, fhirVersion: '5.0.0' },
    })
    const user = await writePackage(folder, 'user', {
      'package.json': { ...packageManifest, dependencies: { tools: '1.2.0' } },
    })
    expect((await openProfiles([r5, user])).packages).toHaveLength(2)
  })

  test('may give the code of a type by an extension', async () => {
    const core = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-'
    const coded = structureDefinition('coded', 'Patient', [
      {
        id: 'Patient.birthDate',
        maxLength: 4,
        type: [{ _code: { extension: [{ url: `${core}json-type`, valueString: 'string' }] } }],
      },
      {
        id: 'Patient.gender',
        type: [
          {
            code: 'http://hl7.org/fhirpath/System.String',
            extension: [{ url: `${core}fhir-type`, valueUrl: 'code' }],
          },
        ],
        binding: { strength: 'required', valueSet: `${exampleUrl}one` },
      },
    ])
    const one = { resourceType: 'ValueSet', url: `${exampleUrl}one` }
    const compose = { include: [{ system: 'http://x', concept: [{ code: 'a' }] }] }
    const profiles = await openProfiles([await writePackageOf(folder, 'coded', coded, { ...one, compose })])
    const patient = { resourceType: 'Patient', meta: { profile: [`${exampleUrl}coded`] } }
    const { problems } = profiles.judge({ ...patient, birthDate: '2000-01-01', gender: 'male' })
    expect(problems.map(({ rule }) => rule)).toEqual(['maxLength', 'binding'])
  })

  const needing = (more: object) => ({ ...patientProfile, url: `${exampleUrl}needing`, ...more })
  const needingSet = structureDefinition('needing', 'Patient', [
    { id: 'Patient.gender', binding: { strength: 'required', valueSet: `${exampleUrl}wide` } },
  ])
  const wide = { resourceType: 'ValueSet', url: `${exampleUrl}wide` }
  const flawedSet = { resourceType: 'ValueSet', url: `${exampleUrl}flawed`, compose: { include: 1 } }
  const claim = { resourceType: 'Patient', meta: { profile: [`${exampleUrl}needing`] } }

  test.each<readonly [string, readonly object[], boolean]>([
    ['is flawed', [needing({ type: 5 })], true],
    ['has no snapshot', [needing({ snapshot: undefined })], true],
    [
      'takes in a flawed value set',
      [needingSet, { ...wide, compose: { include: [{ valueSet: [flawedSet.url] }] } }, flawedSet],
      true,
    ],
    ['needs no flawed definition', [needing({}), flawedSet], false],
  ])('do not decide about a claimed profile that %s', async (_, definitions, isUnusable) => {
    const profiles = await openProfiles([await writePackageOf(folder, 'needing', ...definitions)])
    expect(profiles.judge(claim).isUnusable).toBe(isUnusable)
    expect(profiles.judge(examplePatient).isUnusable).toBe(false)
  })
})
