import { expect, test } from 'vitest'
import { exitCode } from '../model/exit-code.ts'
import type { RunResult } from '../model/result.ts'
import { runAgainst } from './provider-runs.ts'

const configuration = { levels: ['group'], jobSeconds: 30, retryAfterSeconds: 5 } as const

/** What a run says that ends after so many seconds of the provider's clock. */
function runFor(seconds: number, faults: readonly string[] = []): Promise<RunResult> {
  return runAgainst({ configuration, faults, maxTimeMs: seconds * 1000 })
}

const verdictsOf = ({ tests }: RunResult) => new Map(tests.map((it) => [it.id, it.verdict]))

test.each([0, 20, 100, 300, 400])(
  'after %d s a run stops; no verdict is wrong, and tests that it did not reach are inconclusive',
  async (seconds) => {
    const whole = verdictsOf(await runAgainst({ configuration }))
    const cut = await runFor(seconds)
    const other = [...verdictsOf(cut)].filter(([id, it]) => it.is !== whole.get(id)?.is)
    expect(other.map(([id, it]) => `${id} ${it.is}`).filter((it) => !it.endsWith(' inconclusive'))).toEqual(
      [],
    )
    expect(other.length).toBeGreaterThan(0)
    expect(cut.complete).toBe(true)
    expect(cut.warnings).toEqual([
      `The run ended after ${seconds} s (--max-time): tests that it did not reach are inconclusive.`,
    ])
    expect(exitCode(cut)).toBe(3)
    expect(cut.jobs).toMatchObject({ deleted: cut.jobs.started, perhapsLeft: [] })
    const reasons = other.flatMap(([, it]) => (it.is === 'inconclusive' ? [it.reason.kind] : []))
    expect(reasons).toContain('out-of-time')
    expect(reasons).not.toContain('interrupted')
    expect(reasons).not.toContain('no-evidence')
  },
  60_000,
)

test('a run that ends in time is as any other', async () => {
  const { warnings, tests } = await runFor(3_600)
  expect(warnings).toEqual([])
  expect(tests.filter((it) => it.verdict.is === 'inconclusive' || it.verdict.is === 'fail')).toEqual([])
})

test('what is broken remains broken', async () => {
  const result = await runFor(100, ['no-content-location'])
  expect(exitCode(result)).toBe(1)
})

test.each(['refusals/status@group', 'manifest/error-type@group'])(
  'what is about all exports is not decided by the first: %s',
  async (id) => {
    const verdict = verdictsOf(await runFor(100)).get(id)
    expect(verdict).toMatchObject({ is: 'inconclusive', reason: { kind: 'out-of-time' } })
  },
)
