import { expect, test } from 'vitest'
import type { Exchange } from '../model/http/exchange.ts'
import { mapExchanges } from '../model/reason.ts'
import type { RunResult } from '../model/result.ts'
import { honestConfigurations } from '../reference/conduct/honest-configurations.ts'
import { type ProviderSetting, runAgainst } from './provider-runs.ts'

/** What a result says, without times and the ids that the provider makes up. */
function shown(result: RunResult) {
  const { tests, exchanges, files, flaky, jobs, scope, tested, preflight } = result
  const ofPlan = planned(result)
  return withoutIds({
    ...{ tests, scope, tested, preflight, jobs },
    exchanges: ofPlan.map(numbered),
    // Tokens are asked for and jobs deleted when there is time, so these requests come last, in any order.
    errands: exchanges.slice(ofPlan.length).map(described).sort(),
    files: files?.map(({ name: _, ...it }) => it),
    flaky: flaky?.length,
  })
}

/**
 * What a result says of a provider whose jobs take time. Its clock goes on while others wait: how often a job is asked whether it
 * is done, and whether a token expires before it is used, is another matter each time.
 */
function shownOfSlow(result: RunResult) {
  const { tests, jobs, tested, preflight } = result
  const kept = planned(result).filter((it) => !isWaiting(it) && it.response?.status !== 401)
  const position = (number: number) => kept.filter((it) => it.number <= number).length
  return withoutIds({
    ...{ tested, preflight, jobs, verdicts: tests.map((it) => [it.id, mapExchanges(it.verdict, position)]) },
    kickoffs: kept.filter((it) => it.request.url.includes('$export')).map(described),
  })
}

/** The exchanges of planned probes: errands follow the last one that a test is about. */
function planned({ tests, exchanges }: RunResult): readonly Exchange[] {
  return exchanges.slice(0, Math.max(...tests.flatMap((it) => it.exchanges)))
}

function isWaiting({ request, response }: Exchange): boolean {
  return request.method === 'GET' && response?.status === 202 && !request.url.includes('$export')
}

function numbered(it: Exchange): string {
  return `${it.number} ${described(it)}`
}

function described({ request, response }: Exchange): string {
  const path = request.url
    .replace(/(\/(?:jobs|files|bulk-status|status))\/[^/?]+/g, '$1/…')
    .replace(/\?.*/, '?…')
  return `${request.method} ${path} ${response?.status}`
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
  const { one, four, most } = await both({ configuration: { gzip: false } })
  expect(shown(four)).toEqual(shown(one))
  expect(most).toBe(4)
  expect(one.exchanges.map((it) => it.number)).toEqual(one.exchanges.map((_, at) => at + 1))
  expect(four.jobs).toMatchObject({ deleted: four.jobs.started, perhapsLeft: [] })
})

test.each(['long-x-progress', 'since-ignored', 'assertion-replayed', 'malformed-since-answered-500'])(
  'the same for a provider with a fault: %s',
  async (fault) => {
    const { one, four } = await both({ faults: [fault], configuration: { gzip: false, levels: ['group'] } })
    expect(shown(four)).toEqual(shown(one))
    expect(one.tests.some((it) => it.verdict.is === 'fail')).toBe(true)
  },
)

test.each([{ faults: [] }, { faults: ['long-x-progress'] }, { faults: ['since-ignored'] }])(
  'the same verdicts, findings and kick-off requests where jobs take half a minute: $faults',
  async ({ faults }) => {
    const configuration = { ...configurationNamed('slow'), gzip: false, levels: ['group' as const] }
    const { one, four } = await both({ faults, configuration })
    expect(shownOfSlow(four)).toEqual(shownOfSlow(one))
    expect(four.durationMs).toBeLessThan(one.durationMs)
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
