import { expect, test } from 'vitest'
import { run } from '../run/run.ts'
import { runOptionsFor } from './provider-runs.ts'

// That they are right is what `judge-recording.test.ts` shows: it judges all evidence at once and compares.
test('most tests are judged before the last probe, those about every export or about refusals after it', async () => {
  const options = await runOptionsFor({ configuration: { levels: ['group'] } })
  const early = new Set<string>()
  const late = new Set<string>()
  await run({
    ...options,
    notify(event) {
      if (event.kind === 'probe') for (const it of late) early.add(it)
      if (event.kind === 'probe') late.clear()
      if (event.kind === 'test' && event.test.verdict.is !== 'not-applicable') late.add(event.test.id)
    },
  })
  expect(early.size).toBeGreaterThan(late.size)
  for (const id of ['refusals/status@group', 'manifest/error-type@group', 'status/ends@group'])
    expect([...early], id).not.toContain(id)
})
