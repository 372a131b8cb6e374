import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KillKind, killRuns, performWhole, type WholeRun } from './fixtures/kills/kills.ts'
import { finish, type KillTarget, openKillTarget, startCommand } from './fixtures/kills/target.ts'

// `npm run kills` does the same fifty times each, with a seed that it prints.
const seed = 4

let target: KillTarget
let whole: WholeRun
beforeAll(async () => {
  target = await openKillTarget()
  whole = await performWhole(target)
}, 120_000)
afterAll(async () => {
  await target.close()
  rmSync(target.folder, { recursive: true })
})

test.each<[KillKind, number]>([
  ['kill', 4],
  ['interrupt', 3],
  ['interrupt-twice', 3],
])(
  '%s at %d random moments: every verdict is reported, no job is lost, no temporary file stays',
  async (kind, times) => {
    const { problems, journals, withData } = await killRuns(target, whole, { kind, times, seed })
    expect(problems).toEqual([])
    if (kind !== 'kill') return
    expect(journals).toBeGreaterThan(0)
    expect(withData).toBeGreaterThan(0)
  },
  300_000,
)

test('a killed machine of several leaves a journal beside its part, which is reported and cleaned up', async () => {
  const { folder, provider } = target
  const [part, manifest] = [join(folder, '1.part'), join(folder, 'shared.json')]
  const before = provider.openJobs()
  const shard = ['--shard', '1/2', '--part', part, '--manifest', manifest]
  const run = startCommand(target, 'shard', ['run', 'kick-off/*', 'files/*', ...shard])
  while (provider.openJobs() === before) await new Promise((resume) => setTimeout(resume, 5))
  run.child.kill('SIGKILL')
  expect(await run.ended).toBe('SIGKILL')
  expect(existsSync(part)).toBe(false)
  const journal = `${part}.journal`
  const reported = await finish(target, 'shard', ['report', '--journal', journal, '--output', 'shard-report'])
  expect(reported.code).toBe(3)
  const result = JSON.parse(readFileSync(join(folder, 'shard-report', 'results.json'), 'utf8'))
  expect(result).toMatchObject({
    complete: false,
    warnings: [expect.stringContaining('This report shows a part of a run')],
  })
  const cleaned = await finish(target, 'shard', ['cleanup', journal])
  const orphans = Number(/^possible orphans: (\d+)/m.exec(cleaned.said)?.[1] ?? 0)
  expect(cleaned.code, cleaned.said).toBe(orphans > 0 ? 3 : 0)
  expect(provider.openJobs() - before).toBe(orphans)
}, 120_000)
