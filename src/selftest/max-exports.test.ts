import { expect, test } from 'vitest'
import { run } from '../run/run.ts'
import { plan } from '../suite/planning/plan.ts'
import { loadBundledSuites, runAgainst, runOptionsFor } from './provider-runs.ts'

const configuration = { levels: ['group'], gzip: false } as const

test.each([0, 3, 10])(
  'with %d exports every test that is selected is decided as with all',
  async (maxExports) => {
    const whole = new Map((await runAgainst({ configuration })).tests.map((it) => [it.id, it.verdict.is]))
    const options = await runOptionsFor({ configuration })
    const planned = plan(loadBundledSuites(), options.target, { maxExports })
    const { tests } = await run({ ...options, plan: planned })
    expect(tests.filter((it) => it.verdict.is !== whole.get(it.id)).map((it) => it.id)).toEqual([])
    expect(tests.length + (planned.leftOut?.tests.length ?? 0)).toBe(whole.size)
  },
)
