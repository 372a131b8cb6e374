import { expect, test } from 'vitest'
import { verdictCounts } from '../model/result.ts'
import { runAgainst, runStart } from './provider-runs.ts'

test('no server is accused of a token that could not be obtained again', async () => {
  const exp = runStart / 1000 + 12
  const token = `x.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.x`
  const renewToken = async () => ({ because: 'the command `get` ended with exit code 1' })
  const result = await runAgainst({
    authorization: false,
    configuration: { polls: 3, retryAfterSeconds: 5, gzip: false },
    target: { authorization: { kind: 'bearer', token, renewToken } },
    only: ['kick-off', 'status', 'manifest', 'files', 'deletion'],
  })
  const counts = verdictCounts(result.tests)
  expect(result.tests.filter((it) => it.verdict.is === 'fail').map((it) => it.id)).toEqual([])
  expect(counts.inconclusive).toBeGreaterThan(20)
  expect(JSON.stringify(result.tests)).toContain('the command `get` ended with exit code 1')
})
