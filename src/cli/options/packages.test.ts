import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, expect, test } from 'vitest'
import {
  packageFiles,
  patientProfile,
  serverCapabilities,
  structureDefinition,
} from '../../profiles/fixtures/example-package.ts'
import { type TestCli, openTestCli } from '../fixtures/test-cli.ts'
import { packageManifest, writePackage, writePackageOf } from '../../profiles/fixtures/write-package.ts'
import { examplePatient, exampleObservation, secretText } from '../../profiles/fixtures/example-resources.ts'

let here: TestCli
beforeEach(async () => {
  here = openTestCli()
  await writePackage(here.cwd, 'hand-made', { 'package.json': packageManifest, ...packageFiles })
})

const ndjson = (...resources: readonly object[]) =>
  resources.map((it, at) => `${JSON.stringify({ id: `a${at}`, ...it })}\n`).join('')

test('validate holds files against the profiles of packages', async () => {
  here.put('Observation.ndjson', ndjson(exampleObservation, { ...exampleObservation, subject: undefined }))
  here.put('Patient.ndjson', ndjson(examplePatient))
  const line = ['validate', 'Observation.ndjson', 'Patient.ndjson', '--ig-package', 'hand-made.tgz']
  const { code, out, err } = await here.bulkcheck(line)
  expect({ code, err }).toEqual({ code: 1, err: '' })
  expect(out).toMatch(/^FAIL SHALL {2}/m)
  expect(out).toMatch(/^ {2}tests? +profiles\/claimed {2}/m)
  expect(out).toMatch(
    /Observation.subject breaks the rule min of http:\/\/example.org\/StructureDefinition\/weight\|1.2.0/,
  )
  expect(out).toMatch(/^ +2 +1 +- +- +\d of \d {2}Title of weight 1.2.0$/m)
  expect(out).not.toContain(secretText)
})

test('a resource that nests too deeply is validated against no profile', async () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  here.put('Patient.ndjson', ndjson({ ...examplePatient, extension: 'deep' }).replace('"deep"', deep))
  const line = ['validate', 'Patient.ndjson', '--workers', '0', '--ig-package', 'hand-made.tgz']
  const { code, out } = await here.bulkcheck(line)
  expect(code).toBe(3)
  expect(out).toContain(
    'line 1 of Patient.ndjson is longer than the limit (`--max-line`), or nested too deep',
  )
})

test('without a package profiles do not apply', async () => {
  here.put('Patient.ndjson', ndjson(examplePatient))
  const { code, out } = await here.bulkcheck(['validate', 'Patient.ndjson'])
  expect(code).toBe(0)
  expect(out).toMatch(/^- not applicable: .*\bprofiles\b/m)
  expect(out).not.toContain('Profiles in')
})

test('a summary says what packages do not tell, and how to see what could not be checked', async () => {
  here.put('Patient.ndjson', ndjson({ resourceType: 'Patient', meta: { profile: ['http://x/Secret'] } }))
  const { snapshot: _, ...bare } = patientProfile
  const cannot = { key: 'far-1', severity: 'error', human: 'far', expression: 'resolve().exists()' }
  const asks = structureDefinition('mine', 'Patient', [{ id: 'Patient.name', constraint: [cannot] }])
  await writePackageOf(here.cwd, 'part', asks, bare, serverCapabilities({ Patient: asks.url }))
  const line = ['validate', 'Patient.ndjson', '--ig-package', 'part.tgz']
  const { out } = await here.bulkcheck(line)
  expect(out).toMatch(/^bulkcheck does not use \S+ of part 1\.2\.0: no snapshot\.$/m)
  expect(out).toMatch(/^1 resource claims profiles that no package has or names\.$/m)
  expect(out).toMatch(/^1 rule of these profiles could not be checked; --verbose lists them$/m)
  expect(out).toContain('and all applicable SHALL requirements were tested, except for 1 rule of profiles.')
  expect(out).not.toContain('no FHIR package')
  expect(out).not.toContain(secretText)
})

test('a definition that cannot be used is named, and only a claim of it is undecided', async () => {
  here.put('Patient.ndjson', ndjson(examplePatient))
  here.put('other.ndjson', ndjson({ resourceType: 'Patient' }))
  await writePackageOf(here.cwd, 'flawed', { ...patientProfile, name: undefined })
  const validate = (file: string) => here.bulkcheck(['validate', file, '--ig-package', 'flawed.tgz'])
  const note = /^bulkcheck does not use http:\/\/example.org\/\S+\|2.0.0 of flawed 1.2.0: name is missing\.$/m
  const claimed = await validate('Patient.ndjson')
  expect(claimed.code).toBe(3)
  expect(claimed.out).toMatch(note)
  expect(claimed.out).toContain('profiles that 1 resource claims need definitions that bulkcheck cannot use')
  const unclaimed = await validate('other.ndjson')
  expect(unclaimed.code).toBe(0)
  expect(unclaimed.out).toMatch(note)
})

test('a path that is not a package is reported before anything is sent, wherever it is named', async () => {
  let requests = 0
  const server = createServer((_request, response) => {
    requests += 1
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`
  const run = ['run', '--url', url, '--level', 'system', '--auth', 'none', '--quiet']
  const nowhere = 'nowhere.tgz cannot be read: there is no such file or folder.\n'
  expect(await here.bulkcheck([...run, '--ig-package', 'nowhere.tgz'])).toEqual({
    ...{ code: 2, out: '', err: nowhere },
  })
  here.put('harness.config.json', JSON.stringify({ igPackages: ['harness.config.json'] }))
  expect(await here.bulkcheck(run)).toEqual({
    ...{ code: 2, out: '', err: 'harness.config.json is not a FHIR package: it is not a gzip file.\n' },
  })
  here.put('harness.config.json', '{}')
  const env = { BULKCHECK_IG_PACKAGE: 'hand-made.tgz, nowhere.tgz' }
  expect(await here.bulkcheck(run, { io: { env } })).toEqual({ code: 2, out: '', err: nowhere })
  server.close()
  expect(requests).toBe(0)
})

test('a run takes packages from its configuration, and a recording is judged with those that are given', async () => {
  here.put('harness.config.json', JSON.stringify({ igPackages: ['hand-made.tgz'] }))
  const line = ['run', '--reference', 'profiles/*@group', '--quiet', '--record', 'run.json', '--keep', 'kept']
  expect((await here.bulkcheck(line)).out).toMatch(/^Profiles in export everything@group$/m)
  const judge = ['judge', 'run.json', '--output', 'again']
  expect((await here.bulkcheck([...judge, '--ig-package', 'hand-made.tgz'])).out).toMatch(
    /^Profiles in export everything@group$/m,
  )
  expect((await here.bulkcheck(judge)).out).not.toContain('Profiles in')
})
