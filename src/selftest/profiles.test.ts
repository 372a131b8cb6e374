import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serverCapabilities, structureDefinition } from '../profiles/fixtures/example-package.ts'
import { honestConduct } from '../reference/conduct/conduct.ts'
import type { Resource } from '../reference/population/model.ts'
import { runAgainst } from './provider-runs.ts'
import { packageManifest, writePackage } from '../profiles/fixtures/write-package.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
const base = (path: string, min: number, max: string) => ({ base: { path, min, max }, max })

/** What every Patient of the population claims. */
const claimed = structureDefinition(
  'us-core-patient',
  'Patient',
  [
    { id: 'Patient.identifier', ...base('Patient.identifier', 0, '*'), min: 1, mustSupport: true },
    { id: 'Patient.photo', ...base('Patient.photo', 0, '*'), mustSupport: true },
  ],
  { url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient' },
)
/** What no Goal claims, but all are about. */
const chosen = structureDefinition('goal', 'Goal', [
  { id: 'Goal.start[x]', ...base('Goal.start[x]', 0, '1'), min: 1, mustSupport: true },
  { id: 'Goal.outcomeCode', ...base('Goal.outcomeCode', 0, '*'), mustSupport: true },
])

let packages: readonly string[]
beforeAll(async () => {
  packages = [
    await writePackage(folder, 'hand-made', {
      'package.json': packageManifest,
      'claimed.json': claimed,
      'chosen.json': chosen,
      'server.json': serverCapabilities({ Goal: chosen.url }),
    }),
  ]
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Judges a provider that leaves an element out. */
async function judged(without?: { readonly type: string; readonly element: string }) {
  const { tests, profiles } = await runAgainst({
    only: ['profiles/*@system'],
    packages,
    configuration: { gzip: false },
    conduct: {
      lineOf(resource, file) {
        const { [without?.element ?? '']: _, ...rest } = resource
        return honestConduct.lineOf(
          resource.resourceType === without?.type ? (rest as Resource) : resource,
          file,
        )
      },
    },
  })
  return { verdicts: Object.fromEntries(tests.map((it) => [it.id, it.verdict])), profiles }
}

test('an honest provider conforms, and what must be supported is seen or not', async () => {
  const { verdicts, profiles } = await judged()
  expect(verdicts).toEqual({
    'profiles/claimed@system': { is: 'pass' },
    'profiles/chosen@system': { is: 'pass' },
  })
  expect(profiles?.map((it) => it.of)).toEqual(['export everything@system'])
  expect(profiles?.[0]?.rows).toMatchObject([
    { type: 'Goal', claimed: 0, chosen: 8, unmet: 0, seen: ['Goal.start[x]'], notSeen: ['Goal.outcomeCode'] },
    {
      ...{ type: 'Patient', claimed: 12, failed: 0, chosen: 0 },
      ...{ seen: ['Patient.identifier'], notSeen: ['Patient.photo'] },
    },
  ])
})

test.each([
  ['Patient', 'identifier', 'Patient.identifier', 'profiles/claimed@system', claimed.url],
  ['Goal', 'startDate', 'Goal.start[x]', 'profiles/chosen@system', chosen.url],
])('a %s without %s fails the test of its profile alone', async (type, element, path, failing, url) => {
  const { verdicts, profiles } = await judged({ type, element })
  for (const [id, verdict] of Object.entries(verdicts))
    if (id !== failing) expect(verdict, id).toEqual({ is: 'pass' })
  const verdict = verdicts[failing]
  expect(verdict?.is === 'fail' && verdict.findings.map((it) => it.message)).toEqual([
    `${path} breaks the rule min of ${url}|1.2.0 (expected: at least 1).`,
  ])
  const row = profiles?.[0]?.rows.find((it) => it.url === url)
  expect(row && row.failed + row.unmet).toBe(row && row.claimed + row.chosen)
  expect(row?.notSeen).toContain(path)
})

test('without packages nothing applies', async () => {
  const { tests } = await runAgainst({ only: ['profiles/*'], configuration: { gzip: false } })
  expect(tests).toHaveLength(6)
  for (const { verdict } of tests)
    expect(verdict).toEqual({ is: 'not-applicable', reason: { kind: 'no-package' } })
})
