import { expect, test } from 'vitest'
import type { RunResult } from '../model/result.ts'
import { honestConfigurations } from '../reference/conduct/configurations.ts'
import { type ProviderSetting, runAgainst } from './provider-runs.ts'

/**
 * What a result says, without times, the ids that the provider makes up, and what comes last: errands, and controls that are
 * repeated, which depend on what happened to come after a refusal.
 */
function shown({ tests, exchanges, files, flaky, jobs, scope, tested, preflight }: RunResult) {
  const last = Math.max(...tests.flatMap((it) => it.exchanges))
  return {
    ...{ tests, scope, tested, preflight },
    exchanges: exchanges
      .slice(0, last)
      .map(
        ({ number, request, response }) =>
          `${number} ${request.method} ${pathOf(request.url)} ${response?.status}`,
      ),
    files: files?.map(({ name: _, ...it }) => it),
    flaky: flaky?.length,
    left: jobs.perhapsLeft.length,
  }
}

function pathOf(url: string): string {
  return url.replace(/(\/(?:jobs|files|bulk-status|status))\/[^/?]+/g, '$1/…').replace(/\?.*/, '?…')
}

async function both(setting: ProviderSetting) {
  let together = 0
  let most = 0
  const one = await runAgainst(setting)
  const four = await runAgainst({
    ...setting,
    concurrency: 4,
    async gateway(request, pass) {
      together += 1
      most = Math.max(most, together)
      // Others get their turn.
      await new Promise((resolve) => setImmediate(resolve))
      return Promise.resolve(pass(request)).finally(() => {
        together -= 1
      })
    },
  })
  return { one, four, most }
}

function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'id'))
}

function configurationNamed(name: string) {
  const configuration = honestConfigurations.find((it) => it.name === name)?.configuration
  if (!configuration) throw new Error(`no configuration ${name}`)
  return configuration
}

test('four exports at a time bring the same verdicts, findings and exchange numbers in the same order as one', async () => {
  const { one, four, most } = await both({})
  expect(shown(four)).toEqual(shown(one))
  expect(most).toBe(4)
  expect(one.exchanges.map((it) => it.number)).toEqual(one.exchanges.map((_, at) => at + 1))
  expect(four.jobs).toMatchObject({ deleted: four.jobs.started, perhapsLeft: [] })
})

test.each(['long-x-progress', 'since-ignored', 'assertion-replayed'])(
  'the same findings for a provider with a fault: %s',
  async (fault) => {
    const { one, four } = await both({ faults: [fault], configuration: { gzip: false, levels: ['group'] } })
    expect(withoutIds(shown(four).tests)).toEqual(withoutIds(shown(one).tests))
    expect(one.tests.some((it) => it.verdict.is === 'fail')).toBe(true)
  },
)

// Which of its jobs survive depends on which there were.
test.each([
  ['deletion-of-all-jobs', 'export.delete.only-that-job'],
  ['equal-kickoffs-share-a-job', 'export.kickoff.content-location.unique'],
])('a fault that affects other jobs is found as well: %s', async (fault, requirement) => {
  const { four } = await both({ faults: [fault], configuration: { gzip: false, levels: ['group'] } })
  const broken = four.tests.filter((it) => it.verdict.is === 'fail').map((it) => it.requirement.id)
  expect(broken).toContain(requirement)
})

// Here the number of requests depends on time, which goes on while others wait.
test.each(['one-at-a-time', 'throttling', 'strained', 'short-tokens'])(
  'the same verdicts, and no job that is left, for a provider that is %s',
  async (name) => {
    const { one, four } = await both({ configuration: { ...configurationNamed(name), levels: ['group'] } })
    const verdicts = ({ tests }: RunResult) => tests.map((it) => `${it.id} ${it.verdict.is}`)
    expect(verdicts(four)).toEqual(verdicts(one))
    expect(four.jobs).toMatchObject({ deleted: four.jobs.started, perhapsLeft: [] })
  },
)
