import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { checks, picks } from '../checks/registry.ts'
import { compileSuites, loadBundled, restoreSuites } from './bundled.ts'
import { bundledSuitesFolder } from './files.ts'
import { type LoadedSuites, loadSuites } from './load.ts'
import { claimableFeatures } from '../model/target.ts'
import { fixtureTarget } from './fixtures/target.ts'
import { plan as planOf } from './planning/plan.ts'

const vocabulary = { checks, picks }
const plain = ({ suites, requirements, sha256 }: LoadedSuites) => ({
  suites: suites.map(({ suite, file, lineOf }) => ({
    suite,
    file,
    lines: Object.keys(suite.tests).map((it) => lineOf(it)),
  })),
  requirements: [...requirements],
  sha256,
})

// `npm test` builds before it tests.
const built = fileURLToPath(new URL('../../dist/suites.json', import.meta.url))

test('what the build wrote down is what it would write now, so that it is what commands read', () => {
  const loaded = loadSuites({ paths: [bundledSuitesFolder], vocabulary })
  expect(JSON.parse(readFileSync(built, 'utf8'))).toEqual(JSON.parse(JSON.stringify(compileSuites(loaded))))
})

test('what the build writes down is what loading gives', async () => {
  const loaded = loadSuites({ paths: [bundledSuitesFolder], vocabulary })
  const written = JSON.parse(JSON.stringify(compileSuites(loaded)))
  expect(plain(restoreSuites(written, vocabulary))).toEqual(plain(loaded))
  expect(plain(await loadBundled(vocabulary))).toEqual(plain(loaded))
})

test('every pattern of a shipped suite has a description in words for findings', () => {
  const { suites } = loadSuites({ paths: [bundledSuitesFolder], vocabulary })
  const claims = suites.flatMap(({ suite }) => Object.values(suite.tests).map((it) => it.expect))
  expect(withoutWords(claims)).toEqual([])
  expect(withoutWords({ pattern: '^a$' })).toEqual(['^a$'])
})

test('rules of SMART about tokens are asked of plain client credentials only where an RFC states them too', () => {
  const loaded = loadSuites({ paths: [bundledSuitesFolder], vocabulary })
  const clientSecret = {
    kind: 'client-secret',
    clientId: 'client',
    secret: 'secret',
    scope: 'system/*.rs',
    method: 'basic',
  } as const
  const { tests } = planOf(loaded, {
    ...fixtureTarget,
    authorization: clientSecret,
    supports: claimableFeatures,
  })
  const asked = tests.filter((it) => !it.notApplicable && /^auth\.(token|access)\./.test(it.requirement.id))
  expect(asked.length).toBeGreaterThan(5)
  expect(asked.filter((it) => it.requirement.cites === undefined).map((it) => it.id)).toEqual([])
})

/** The patterns in a value whose object, or an object around it, has no `description`. */
function withoutWords(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || 'description' in value) return []
  return [...('pattern' in value ? [value.pattern] : []), ...Object.values(value).flatMap(withoutWords)]
}
