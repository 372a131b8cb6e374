import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { base, files, manifest, pack, patient, person, secret } from './fixtures/hand-made.ts'
import { openProfiles } from './profiles.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkcheck-'))
  await pack(folder, 'good', { 'package.json': manifest, ...files, 'example/0.json': 'not looked at' })
})
afterAll(() => rm(folder, { recursive: true }))

describe('packages', () => {
  test('may be folders, with or without their outer one', async () => {
    for (const path of [join(folder, 'good'), join(folder, 'good', 'package')])
      expect((await openProfiles([path])).packages).toEqual(['hand.made 1.2.0'])
  })

  test('may share definitions', async () => {
    const path = join(folder, 'good.tgz')
    expect((await openProfiles([path, path])).judge(person).outcomes).toHaveLength(1)
  })

  test('that are newer decide where a claim names no version', async () => {
    const old = { ...patient, version: '1.10.0', url: patient.url }
    const path = await pack(folder, 'old', { 'package.json': manifest, 'a.json': old })
    const both = await openProfiles([join(folder, 'good.tgz'), path])
    const claim = (profile: string) =>
      both.judge({ ...person, meta: { profile: [profile] } }).outcomes.map((it) => it.profile.version)
    expect(claim(`${base}patient`)).toEqual(['2.0.0'])
    expect(claim(`${base}patient|1.10.0`)).toEqual(['1.10.0'])
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
        await writeFile(join(folder, 'text.tgz'), secret)
        return join(folder, 'text.tgz')
      },
      /is not a FHIR package: it is not gzip\.$/,
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
        await writeFile(join(folder, 'zip.tgz'), gzipSync(secret.repeat(500)))
        return join(folder, 'zip.tgz')
      },
      /is not a FHIR package: it holds no tar archive\.$/,
    ],
    [
      'has no package.json',
      () => pack(folder, 'bare', { 'a.json': patient }),
      /is not a FHIR package: package\/package\.json is missing\.$/,
    ],
    [
      'is for npm',
      () => pack(folder, 'npm', { 'package.json': { name: 'x' } }),
      /its package\.json does not say fhirVersions\.$/,
    ],
    [
      'is of another FHIR',
      () => pack(folder, 'r5', { 'package.json': { ...manifest, fhirVersions: ['5.0.0'] } }),
      /is a package of FHIR 5\.0\.0; bulkcheck judges FHIR 4\.0\.$/,
    ],
    [
      'is not JSON',
      () => pack(folder, 'bad', { 'package.json': manifest, 'a.json': `{${secret}` }),
      /package\/a\.json is not JSON\.$/,
    ],
  ])('that %s are refused', async (_, path, message) => {
    await expect(openProfiles([await path()])).rejects.toThrow(message)
  })
})
