import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunResult } from '../model/result.ts'
import { judgeRecording } from '../run/judge-recording.ts'
import { loadBundledSuites, runAgainst } from './provider-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
const recording = join(folder, 'run.json')
let live: RunResult

beforeAll(async () => {
  live = await runAgainst({ record: { recording, keep: folder } })
})
afterAll(() => rmSync(folder, { recursive: true }))

const judgedAgain = () =>
  judgeRecording({
    recording,
    loaded: loadBundledSuites(),
    failOn: 'MAY',
    knownFailing: [],
    warnings: [],
    harness: 'test',
  })

const differing = (again: RunResult) =>
  live.tests.flatMap((test, at) => {
    const now = again.tests[at]?.verdict
    return now?.is === test.verdict.is
      ? []
      : [[test.id, now && 'reason' in now ? now.reason : now?.is] as const]
  })

test('a recording is judged as the run was, but for what only ids of patients can tell', async () => {
  const again = await judgedAgain()
  expect(again.jobs).toEqual(live.jobs)
  for (const [id, why] of differing(again)) expect(why, id).toEqual({ kind: 'patient-ids-not-recorded' })
})

test('a recording holds no ids of patients, tokens or keys', () => {
  const text = readFileSync(recording, 'utf8')
  expect(text).not.toMatch(/patient-0\d\d|eyJ[\w-]+\.|"d":/)
  expect(text).toContain('$export')
})
