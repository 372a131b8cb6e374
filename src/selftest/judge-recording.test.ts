import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunResult } from '../model/result.ts'
import { judgeRecording } from '../run/judge-recording.ts'
import { readRecording } from '../run/recording.ts'
import { ignoring } from './fixtures/undeclared-features.ts'
import { loadBundledSuites, type ProviderSetting, runAgainst } from './provider-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
afterAll(() => rmSync(folder, { recursive: true }))

const recorded = (name: string) => ({
  recording: join(folder, `${name}.json`),
  keep: mkdtempSync(join(folder, 'files-')),
})
const honest = recorded('honest')

const judgedAgain = (recording: string) =>
  judgeRecording({
    recording: readRecording(recording),
    loaded: loadBundledSuites(),
    failOn: 'MAY',
    knownFailing: [],
    warnings: [],
    harness: 'bulkcheck selftest',
  })

/** What two runs must have in common besides their tests: all but who ran. Recordings mask more of request bodies. */
function comparable({ run: _, tests, exchanges, ...rest }: RunResult): object {
  return {
    ...rest,
    tests: tests.map(({ id }) => id),
    exchanges: exchanges.map(({ request: { body, ...request }, ...it }) => ({
      ...it,
      request: { ...request, bytes: body?.length },
    })),
  }
}

const small = { gzip: false, levels: ['group'] } as const

const settings: readonly (readonly [string, ProviderSetting])[] = [
  ['an honest provider', { record: honest }],
  [
    'a provider whose exchanges, lines and sets of resources are wrong',
    {
      faults: [
        'patient-export-undeclared',
        'count-too-high',
        'resources-with-unknown-elements',
        'resources-exported-twice',
      ],
      record: recorded('faulty'),
    },
  ],
  ['a selection', { only: ['since/*', 'files/*', 'group/id'], record: recorded('selection') }],
  [
    'a provider that declares nothing and ignores parameters',
    {
      configuration: small,
      gateway: ignoring('_type', '_elements', '_typeFilter'),
      record: recorded('features'),
    },
  ],
  [
    'a provider that was asked with a wrong setting',
    { configuration: small, target: { groupId: 'nowhere' }, record: recorded('setting') },
  ],
  [
    'a run that had too little time',
    { configuration: { ...small, jobSeconds: 30 }, maxTimeMs: 80_000, record: recorded('cut') },
  ],
]

describe.each(settings)('%s', (_, setting) => {
  let live: RunResult
  let again: RunResult
  beforeAll(async () => {
    live = await runAgainst(setting)
    again = await judgedAgain(setting.record?.recording ?? '')
  })

  test('is judged again with the verdicts and findings of the run, but for what only ids of patients can tell', () => {
    const unlike = again.tests.filter((it, at) => !isDeepStrictEqual(it, live.tests[at]))
    for (const { id, verdict } of unlike) {
      expect(verdict, id).toMatchObject({
        is: 'inconclusive',
        reason: { kind: 'patient-ids-not-recorded' },
      })
    }
    expect(again.tests.length - unlike.length).toBeGreaterThan(again.tests.length / 2)
    const ids = new Set(unlike.map((it) => it.id))
    const others = (result: RunResult) => result.tests.filter((it) => !ids.has(it.id))
    expect(others(again)).toEqual(others(live))
  })

  test('has the exchanges, files and jobs of the run', () => {
    expect(comparable(again)).toEqual(comparable(live))
  })

  test('breaks what its faults break', () => {
    const findings = again.tests.flatMap((it) => ('findings' in it.verdict ? [it.verdict.findings] : []))
    expect(findings.length > 0).toBe(setting.faults !== undefined || setting.gateway !== undefined)
  })
})

test('a recording holds no ids of patients, tokens or keys', () => {
  const text = readFileSync(honest.recording, 'utf8')
  expect(text).not.toMatch(/patient-0\d\d|eyJ[\w-]+\.|"d":/)
  expect(text).toContain('$export')
})
