import { describe, expect, test } from 'vitest'
import type { Clock } from '../model/clock.ts'
import type { RunResult } from '../model/result.ts'
import type { Transport } from '../probe/transport/message.ts'
import { run } from '../run/run.ts'
import { runOptionsFor } from './provider-runs.ts'
import { rememberingSignatures } from './signatures.ts'

const dayMs = 86_400_000
const only = [
  'token/*',
  'assertion/*',
  'kick-off/*@group',
  'status/*@group',
  'files/*@group',
  'access/*@group',
]

/** A run in whose middle somebody moves the wall clock of this machine; the server keeps its own. */
async function runMoving(byMs: number, isDated: boolean): Promise<RunResult> {
  const options = await runOptionsFor({ only })
  let requests = 0
  const isMoved = () => requests > 12
  const clock: Clock = { ...options.clock, wall: () => options.clock.now() + (isMoved() ? byMs : 0) }
  const transport: Transport = async (request) => {
    requests += 1
    const response = await options.transport(request)
    if ('networkError' in response || isDated) return response
    return { ...response, headers: response.headers.filter(([name]) => name.toLowerCase() !== 'date') }
  }
  const result = await rememberingSignatures(() => run({ ...options, clock, transport }))
  expect(requests).toBeGreaterThan(80)
  return result
}

const shown = ({ tests, durationMs, flaky }: RunResult) => ({
  durationMs,
  flaky,
  tests: tests.map(({ id, verdict }) => ({ id, verdict })),
})

describe('the wall clock moves in the middle of a run', () => {
  test.each([dayMs, -dayMs])('by %i ms, which changes nothing', async (byMs) => {
    const moved = await runMoving(byMs, true)
    expect(shown(moved)).toEqual(shown(await runMoving(0, true)))
    expect(moved.tests.filter((it) => it.verdict.is === 'pass').length).toBeGreaterThan(120)
    expect(moved.tested?.clockAhead).toBe(0)
  })

  test('which shows where a server does not say what time it is', async () => {
    const moved = await runMoving(dayMs, false)
    expect(shown(moved)).not.toEqual(shown(await runMoving(0, false)))
  })
})
