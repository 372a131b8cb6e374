import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunResult } from '../../model/result.ts'
import { openJudgeEnvironment } from '../../output/judge-environment.ts'
import { loadSmallSuite, openScriptedServer, scriptedRunOptions } from '../fixtures/scripted-export.ts'
import { run } from '../run.ts'
import { type MergeOptions, mergeRun, requireSameSuitesAndPackages } from './merge-parts.ts'
import { readPart, type ShardPart } from './part-file.ts'
import type { RunPart } from './run-part.ts'
import { runShard } from './run-shard.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
const environment = openJudgeEnvironment(0)
afterAll(async () => {
  await environment.close()
  rmSync(folder, { recursive: true })
})

const options = scriptedRunOptions(openScriptedServer(['{"resourceType":"Patient","id":"a"}\n', 'no JSON\n']))
const merging: MergeOptions = {
  ...{ loaded: loadSmallSuite(), failOn: 'SHALL', knownFailing: [], harness: 'test', environment },
}
type Part = ShardPart<RunPart>
let first: Part
let second: Part

beforeAll(async () => {
  const partOf = async (number: number) => {
    const part = join(folder, `${number}.part`)
    const manifest = join(folder, 'shared')
    await runShard({ ...options, shard: { number, of: 2 }, manifest, part, version: '1' })
    return readPart<RunPart>(part, environment.store)
  }
  first = await partOf(1)
  second = await partOf(2)
})

const lasting = ({ run: _run, startedAt: _at, durationMs: _ms, jobs: _jobs, ...rest }: RunResult) => rest

test('parts give the result of one machine, numbers of exchanges included', async () => {
  const selection = { patterns: [], of: 2, suites: ['small'] }
  const alone = await run({ ...options, selection })
  const merged = await mergeRun([first, second], merging)
  expect(alone.tests.map((it) => it.verdict.is)).toEqual(['pass', 'fail'])
  expect(JSON.stringify(alone.tests[1]?.verdict)).toContain('"exchange":4')
  const { exchanges, ...rest } = lasting(merged)
  const { exchanges: expected, ...others } = lasting(alone)
  expect(rest).toEqual(others)
  const requests = (of: RunResult['exchanges']) =>
    of.map(({ number, request }) => [number, request.method, request.url])
  // One machine alone has deleted its job in the end.
  expect(requests(expected).at(-1)).toEqual([5, 'DELETE', 'https://fhir.example/status/1'])
  expect(requests(exchanges)).toEqual(requests(expected).slice(0, -1))
})

test('the job that machines share is left until somebody deletes it', async () => {
  const { jobs } = await mergeRun([first, second], merging)
  expect(jobs).toEqual({ started: 1, deleted: 0, perhapsLeft: ['https://fhir.example/status/1'] })
})

test('a known failure is known to whoever merges, of decided and of pending tests', async () => {
  const { tests } = await mergeRun([first, second], { ...merging, knownFailing: [{ pattern: 'small/*' }] })
  expect(tests.map((it) => it.knownFailing)).toEqual([true, true])
})

const altered = (part: Part, of: Partial<RunPart>): Part => ({ ...part, of: { ...part.of, ...of } })

test('an interrupted part makes a run that is not complete, and warnings are said once', async () => {
  const warnings = ['certificates were not verified']
  const interrupted = altered(second, { complete: false, warnings })
  const result = await mergeRun([altered(first, { warnings }), interrupted], merging)
  expect(result.complete).toBe(false)
  expect(result.warnings).toEqual(warnings)
})

test('a run lasts from the first beginning to the last end', async () => {
  const parts = [
    altered(first, { startedAt: 2_000, endedAt: 5_000 }),
    altered(second, { startedAt: 1_000, endedAt: 4_000 }),
  ]
  expect(await mergeRun(parts, merging)).toMatchObject({
    startedAt: '1970-01-01T00:00:01.000Z',
    durationMs: 4_000,
  })
})

describe('parts cannot be merged', () => {
  test('without the first machine', async () => {
    await expect(mergeRun([second], merging)).rejects.toThrow('the part of the first machine is missing')
  })

  test('if one has tallied for other checks', async () => {
    const other = { ...second, reads: second.reads.map((it) => ({ ...it, keys: ['output other true'] })) }
    await expect(mergeRun([first, other], merging)).rejects.toThrow('the parts were made with other checks')
  })

  test('with other suites or packages than theirs', async () => {
    const of = { suites: merging.loaded.sha256, packages: [] }
    await expect(requireSameSuitesAndPackages(of, merging)).resolves.toBeUndefined()
    await expect(requireSameSuitesAndPackages({ ...of, suites: 'x' }, merging)).rejects.toThrow(
      'the parts were made with other suites',
    )
    await expect(requireSameSuitesAndPackages({ ...of, packages: ['a#1'] }, merging)).rejects.toThrow(
      'the parts were made with other packages: pass the same --ig-package to merge (a#1)',
    )
  })
})
