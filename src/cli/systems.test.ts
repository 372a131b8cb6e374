import { describe, expect, test } from 'vitest'
import { join } from 'node:path'
import type { RunResult } from '../model/result.ts'
import type { Provider } from '../reference/provider.ts'
import { runSystem, type SystemRun } from './fixtures/system-run.ts'
import {
  type Difference,
  goldenText,
  passingThoughListed,
  stalePatterns,
  unexplained,
} from './fixtures/system-verdicts.ts'

const bySecret = ({ clients: { secret } }: Provider) => ({
  auth: 'client-secret' as const,
  clientId: secret.clientId,
  secret: { text: secret.secret, from: 'the test' },
})

/** The runs against each dialect, by name. */
const runs: Readonly<Record<string, Readonly<Record<string, SystemRun>>>> = {
  medplum: {
    key: { dialect: 'medplum', provider: { configuration: { tokenLifetime: 120 } } },
    secret: { dialect: 'medplum', client: bySecret, provider: { configuration: { tokenLifetime: 120 } } },
  },
  smart: { key: { dialect: 'smart' } },
  bcda: {
    secret: {
      ...{ dialect: 'bcda', client: bySecret, provider: { configuration: { tokenLifetime: 120 } } },
      isAlone: true,
    },
  },
  aws: { key: { dialect: 'aws' } },
  // As it was run against the real server: it would wait two minutes before each status request.
  'smile-cdr': { key: { dialect: 'smile-cdr', settings: { limits: { retryAfterCapMs: 1_000 } } } },
  hapi: { open: { dialect: 'hapi', settings: { limits: { retryAfterCapMs: 1_000 } } } },
}

/** How the dialect of Medplum differs from what an earlier build said of the real one. */
const medplumDifferences: readonly Difference[] = [
  {
    because: 'that build did not read lines of resource types that FHIR does not have',
    ...{ from: 'inconclusive', to: 'pass' },
    tests: [
      ...['files/*', 'group/*', 'manifest/deleted-*', 'manifest/not-after@*', 'ndjson/no-duplicates@*'],
      ...['parameters/*', 'since/*', 'type/*'],
    ],
  },
  {
    because: 'the same, and what follows from a repeated _type',
    ...{ from: 'inconclusive', to: 'fail' },
    tests: ['parameters/repeated@system'],
  },
  {
    because: 'an empty `deleted` names no file',
    ...{ from: 'inconclusive', to: 'not-applicable' },
    tests: ['manifest/deleted-*', 'access/deleted-files-anonymous@system'],
  },
  {
    because: 'a false alarm, mended: `_type=patient` may be ignored if the export then is of nothing else',
    ...{ from: 'fail', to: 'pass' },
    tests: ['type/case@system', 'type/case@patient'],
  },
  {
    because: 'renamed: one test a level now',
    ...{ from: 'pass', to: 'absent' },
    tests: ['capability/accurate*'],
  },
  {
    because: 'the test now reads exports that were requested by POST as well',
    ...{ from: 'pass', to: 'fail' },
    tests: ['manifest/within-request@system', 'manifest/within-request@patient'],
  },
  {
    because: 'new tests',
    ...{ from: 'absent', to: 'fail' },
    tests: [
      'distinct/*',
      'locations/*',
      'refusals/*',
      'status/jobs-end@group',
      'type/unsupported-type-access@*',
    ],
  },
  {
    because: 'new tests, of an empty Group and of what refusals show',
    ...{ from: 'absent', to: 'inconclusive' },
    tests: ['group/of-nobody*', 'refusals/unknown-file-leak@*'],
  },
  {
    because: 'on that server the exports of these levels were complete at the first status request',
    ...{ from: 'absent', to: 'fail' },
    tests: ['status/progress@*', 'status/retry-after@*'],
  },
]

const comparisons: Readonly<Record<string, Readonly<Record<string, readonly Difference[]>>>> = {
  hapi: { open: [] },
  medplum: {
    key: [
      ...medplumDifferences,
      {
        because: 'new tests of the token endpoint',
        ...{ from: 'absent', to: 'fail' },
        tests: ['assertion/audience-list', 'key-set/unreachable', 'scopes/*'],
      },
    ],
    secret: [
      ...medplumDifferences,
      {
        because: 'the tests are of SMART Backend Services, and apply only to a client with a key',
        ...{ from: 'pass', to: 'not-applicable' },
        tests: ['token/*', 'access/*'],
      },
      {
        because: 'the same',
        ...{ from: 'fail', to: 'not-applicable' },
        tests: ['token/scope-odd', 'discovery/scopes'],
      },
    ],
  },
}

const fixtures = join(import.meta.dirname, 'fixtures/systems')

describe.each(Object.keys(runs))('%s', (system) => {
  const results = new Map<string, RunResult>()

  test.each(Object.keys(runs[system] ?? {}))('%s', { timeout: 120_000 }, async (name) => {
    const result = await runSystem(runs[system]?.[name] as SystemRun)
    results.set(name, result)
    const golden = goldenText(result, system)
    expect(golden).not.toContain('NOT EXPLAINED')
    expect(passingThoughListed(result, system)).toEqual([])
    await expect(golden).toMatchFileSnapshot(join(fixtures, `${system}-${name}.txt`))
  })

  test('no known failure passes', () => {
    expect(stalePatterns([...results.values()], system)).toEqual([])
  })

  const seen = comparisons[system] ?? {}
  test.each(Object.keys(seen))('%s agrees with the real server', (name) => {
    const found = unexplained(results.get(name) as RunResult, {
      ...{ system, run: name, differences: seen[name] ?? [] },
    })
    expect(found).toEqual({ tests: [], reasons: [] })
  })
})
