import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KillKind, killRuns, performWhole, type WholeRun } from './fixtures/kills/kills.ts'
import { type KillTarget, openKillTarget } from './fixtures/kills/target.ts'

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
    const { problems, journals } = await killRuns(target, whole, { kind, times, seed })
    expect(problems).toEqual([])
    if (kind === 'kill') expect(journals).toBeGreaterThan(0)
  },
  300_000,
)
