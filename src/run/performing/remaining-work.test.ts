import { expect, it } from 'vitest'
import type { Evidence } from '../../model/evidence.ts'
import type { PlannedProbe } from '../../model/plan.ts'
import { openWorkMeter } from './remaining-work.ts'

const complete = { kind: 'export', spec: {}, intent: { upTo: 'files' } } as PlannedProbe
const kickoff = { kind: 'export', spec: {}, intent: { upTo: 'kickoff' } } as PlannedProbe
const late = { kind: 'request', spec: { authorization: 'expired' } } as PlannedProbe
const nothing: Evidence = { probe: 'none', reason: { kind: 'no-evidence' } }
const manifest = { probe: 'export', export: { state: 'complete', manifest: {} } } as unknown as Evidence

it('estimates what is left once an export is complete, without the wait for a token', () => {
  let now = 0
  const meter = openWorkMeter({ now: () => now })
  const perform = (probe: PlannedProbe, ms: number, brought: Evidence = nothing) => {
    const end = meter.begin(probe)
    now += ms
    end(brought)
  }
  perform(kickoff, 1_000)
  // It was refused: the others may not be.
  perform(complete, 2_000)
  expect(meter.remaining([complete], 1)).toBeUndefined()
  perform(complete, 60_000, manifest)
  perform(late, 300_000)
  expect(meter.remaining([complete, kickoff, complete], 1)).toEqual({ exports: 2, ms: 121_000 })
  expect(meter.remaining([complete, kickoff, complete], 2)).toEqual({ exports: 2, ms: 60_500 })
  expect(meter.remaining([complete, kickoff], 2)).toEqual({ exports: 1, ms: 60_500 })
  expect(meter.remaining([], 2)).toEqual({ exports: 0, ms: 0 })
})
