import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { RunResult, TestResult } from '../model/result.ts'
import { openJudgeEnvironment } from '../output/judge-environment.ts'
import { mergeRun } from '../run/shard/merge-parts.ts'
import { readPart, assembleParts } from '../run/shard/part-file.ts'
import { deleteSharedJobs } from '../run/shard/delete-shared-jobs.ts'
import { run } from '../run/run.ts'
import { runShard } from '../run/shard/run-shard.ts'
import { readSharedExports } from '../run/shard/shared-exports-file.ts'
import type { RunPart } from '../run/shard/run-part.ts'
import { ignoring } from './fixtures/undeclared-features.ts'
import { loadBundledSuites, runOptionsFor, type ProviderSetting } from './provider-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A run on several machines, one after the other: the first waits for nobody. */
async function shardedAgainst(setting: ProviderSetting, of: number): Promise<RunResult> {
  const options = await runOptionsFor(setting)
  const parts: string[] = []
  for (let number = 1; number <= of; number += 1) {
    const part = join(folder, `${number}.part`)
    await runShard({
      ...options,
      shard: { number, of },
      manifest: join(folder, 'shared'),
      part,
      version: 'test',
      threads: 0,
      ...(setting.only ? { selection: { patterns: setting.only, of: options.plan.tests.length } } : {}),
    })
    parts.unshift(part)
  }
  const environment = openJudgeEnvironment(0)
  try {
    const read = parts.map((name) => ({ name, part: readPart<RunPart>(name, environment.store) }))
    const merged = await mergeRun(assembleParts(read, 'test'), {
      loaded: loadBundledSuites(),
      failOn: 'MAY',
      knownFailing: [],
      harness: 'bulkcheck selftest',
      environment,
    })
    expect(merged.jobs.perhapsLeft.length).toBeGreaterThan(0)
    const result = await deleteSharedJobs(merged, {
      ...options,
      manifest: join(folder, 'shared'),
      run: read[0]?.part.run ?? '',
    })
    expect(result.jobs).toEqual({ ...merged.jobs, deleted: merged.jobs.started, perhapsLeft: [] })
    return result
  } finally {
    await environment.close()
  }
}

/** A test without the numbers of exchanges. */
function unnumbered({ exchanges: _, ...test }: TestResult): unknown {
  return JSON.parse(JSON.stringify(test).replace(/"exchange":\d+/g, '"exchange":0'))
}

/** With these tests alone no export is picked from: the files of each are shared. */
const files = ['ndjson/*', 'manifest/count*']

const settings: readonly (readonly [string, ProviderSetting])[] = [
  ['an honest provider', { configuration: { gzip: false } }],
  [
    'resources exported twice, nothing asked for but the files',
    { faults: ['resources-exported-twice'], only: files },
  ],
  [
    'invalid resources, nothing asked for but the files',
    { faults: ['resources-with-unknown-elements'], only: files },
  ],
  ['counts that are too high', { faults: ['count-too-high'], configuration: { gzip: false } }],
  [
    'features that are found out',
    { configuration: { gzip: false, levels: ['group'] }, gateway: ignoring('_elements', '_typeFilter') },
  ],
]

describe.each(settings)('%s', (_, setting) => {
  test('is judged by three machines as by one', async () => {
    const alone = await run({ ...(await runOptionsFor(setting)), threads: 0 })
    const merged = await shardedAgainst(setting, 3)
    expect(merged.tests.map(unnumbered)).toEqual(alone.tests.map(unnumbered))
    expect(merged.exchanges.map((it) => it.number)).toEqual(merged.exchanges.map((_, at) => at + 1))
    expect(merged.tested).toEqual(alone.tested)
    expect(merged.scope).toEqual(alone.scope)
    const held = (result: RunResult) =>
      result.files?.map(({ exchange: _, ...it }) => JSON.stringify(it)).sort()
    expect(held(merged)).toEqual(held(alone))
    const fails = merged.tests.filter((it) => it.verdict.is === 'fail')
    expect(fails.length > 0).toBe(setting.faults !== undefined || setting.gateway !== undefined)
    expect(merged.complete).toBe(true)
  })
})

test('what machines tell each other is for their owner alone, and parts hold no ids of patients', () => {
  expect(readSharedExports(join(folder, 'shared'))?.exports.length).toBeGreaterThan(5)
  for (const name of ['shared', '1.part', '2.part', '3.part']) {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, name), 'latin1')).not.toMatch(/patient-0\d\d|eyJ[\w-]+\.|"d":/)
  }
})

test('machines started with other options report it, and machines without a shared file give up', async () => {
  const options = {
    ...(await runOptionsFor({ only: files })),
    threads: 0,
    part: join(folder, 'x.part'),
    version: 'test',
  }
  const manifest = join(folder, 'shared')
  const second = { ...options, shard: { number: 2, of: 3 } }
  await expect(runShard({ ...second, manifest })).rejects.toThrow(
    'this machine has other options than the first machine',
  )
  const onWait = vi.fn()
  await expect(runShard({ ...second, manifest: join(folder, 'none'), onWait })).rejects.toThrow(
    /^the first machine listed no exports within \d+ s/,
  )
  expect(onWait).toHaveBeenCalledOnce()
  writeFileSync(join(folder, 'strange'), '{}')
  await expect(runShard({ ...second, manifest: join(folder, 'strange') })).rejects.toThrow(
    '--manifest names a file that the first machine did not write',
  )
})
