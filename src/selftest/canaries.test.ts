import { expect, test } from 'vitest'
import { runCanaries } from './fixtures/canaries/scenarios.ts'

// `npm run canaries` tries more commands.
test('no secret and no data of a patient comes out', async () => {
  const { hits, problems, canaries, outputs } = await runCanaries({ small: true })
  expect(hits).toEqual([])
  expect(problems).toEqual([])
  expect(canaries).toBeGreaterThan(30)
  expect(outputs).toBeGreaterThan(10)
})

test('a secret that comes out is found', async () => {
  const { hits } = await runCanaries({ leak: 'search' })
  expect(hits.map((it) => it.from)).toContain('out/run/report.html')
})
