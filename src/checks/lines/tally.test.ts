import { expect, test } from 'vitest'
import { outputFile } from '../fixtures/evidence.ts'
import type { LinesCheck } from '../check.ts'
import { resourceChecks } from './resources.ts'

test('of resources that are reported together the first wrong one is named and all are counted', () => {
  const check = resourceChecks.find((it) => it.name === 'has-last-updated') as LinesCheck<unknown, unknown>
  const tally = check.empty(true)
  const dated = Uint8Array.of(1, 1, 0, 0, 1)
  const references = new Uint8Array(5)
  check.resources?.(
    tally,
    { file: outputFile(), first: 7, count: 5, type: 'Patient', dated, references },
    true,
  )
  expect(check.judgement(tally, true, {} as never)).toMatchObject({
    is: 'violated',
    findings: [{ times: 2, where: { part: { line: 9 } } }],
  })
})
