import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openJudgeEnvironment } from '../../output/judge-environment.ts'
import { openScriptedServer, scriptedRunOptions } from '../fixtures/scripted-export.ts'
import { readPart } from './part-file.ts'
import type { RunPart } from './run-part.ts'
import { runShard } from './run-shard.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
const environment = openJudgeEnvironment(0)
afterAll(async () => {
  await environment.close()
  rmSync(folder, { recursive: true })
})

const server = openScriptedServer([
  '{"resourceType":"Patient","id":"a"}\n{"resourceType":"Patient","id":"b"}\n',
  'no JSON\n',
])
const options = {
  ...scriptedRunOptions(server),
  manifest: join(folder, 'shared'),
  version: '1',
}

async function partOf(number: number) {
  const part = join(folder, `${number}.part`)
  const counts = await runShard({ ...options, shard: { number, of: 2 }, part })
  return { counts, part: readPart<RunPart>(part, environment.store) }
}

test('each machine downloads its files, and its part says what it found', async () => {
  const first = await partOf(1)
  const asked = [...server.requests]
  const second = await partOf(2)
  expect(asked).toEqual(['GET /$export', 'GET /status/1', 'GET /files/0'])
  expect(server.requests.slice(asked.length)).toEqual(['GET /files/1'])
  expect(first.counts).toEqual([{ number: 0, bytes: 72, lines: 2, resources: { Patient: 2 } }])
  expect(second.counts).toEqual([{ number: 1, bytes: 8, lines: 1, resources: {} }])
  expect(second.part.run).toBe(first.part.run)
  const { leader, ...one } = first.part.of
  const two = second.part.of
  expect(two.leader).toBeUndefined()
  expect(leader?.decided.map((it) => [it.id, it.verdict.is])).toEqual([['small/accepted@system', 'pass']])
  expect(leader?.recording.jobs).toMatchObject({ started: 1, deleted: 0 })
  for (const [of, number] of [
    [one, 0],
    [two, 1],
  ] as const) {
    expect(
      Object.values(of.files)
        .flat()
        .map((it) => it.number),
    ).toEqual([number])
    expect(of.complete).toBe(true)
  }
  // Numbers of exchanges never meet.
  expect(two.exchanges.map((it) => it.number)).toEqual([1_000_000_000_001])
  expect(one.exchanges.map((it) => it.number)).toEqual([1, 2, 3])
})
