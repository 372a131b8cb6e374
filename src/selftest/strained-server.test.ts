import { expect, test } from 'vitest'
import { exitCode } from '../model/exit-code.ts'
import { honestConfigurations } from '../reference/conduct/honest-configurations.ts'
import { runAgainst } from './provider-runs.ts'

const configuration = honestConfigurations.find((it) => it.name === 'strained')?.configuration

test('a strained server that is honest has no red, and keeps no jobs', async () => {
  const result = await runAgainst({ ...(configuration ? { configuration } : {}) })
  expect(result.tests.filter((it) => it.verdict.is === 'fail').map((it) => it.id)).toEqual([])
  expect(exitCode(result)).toBe(0)
  expect(result.jobs).toEqual({ started: result.jobs.started, deleted: result.jobs.started, perhapsLeft: [] })
  const answers = new Set(result.flaky?.map((it) => it.answer))
  expect([...answers].sort()).toEqual([401, 503])
  expect(result.exchanges.some((it) => it.response?.status === 429)).toBe(true)
})

test('requests wait for a 429 to be over', async () => {
  const { exchanges } = await runAgainst({
    configuration: { requestsPerMinute: 20, expiresIn: 7 * 86_400, levels: ['group'] },
  })
  const refused = exchanges.filter((it) => it.response?.status === 429)
  expect(refused.length).toBeGreaterThan(5)
  for (const { number, startedAt, response } of refused) {
    const [, seconds] = response?.headers.find(([name]) => name === 'Retry-After') ?? []
    const next = exchanges.find((it) => it.number === number + 1)
    if (next)
      expect(Date.parse(next.startedAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(
        Number(seconds) * 1000,
      )
  }
})

test('jobs are deleted once nothing asks about them, not all at the end', async () => {
  let open = 0
  let most = 0
  const { jobs } = await runAgainst({
    configuration: { levels: ['group'] },
    async gateway(request, pass) {
      const response = await pass(request)
      if (response.status !== 202) return response
      if (request.method === 'DELETE') open -= 1
      else if (response.headers.some(([name]) => name === 'Content-Location')) open += 1
      most = Math.max(most, open)
      return response
    },
  })
  expect(jobs.started).toBeGreaterThan(40)
  expect(most).toBeLessThan(10)
})
