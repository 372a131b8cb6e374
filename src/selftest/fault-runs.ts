import type { FaultResult } from '../model/kill-matrix.ts'
import type { Fault } from '../reference/faults/definition.ts'
import { levelBroken } from './fault-catalogue.ts'
import { levelToTry } from './fault-level.ts'
import { loadBundledSuites, type ProviderSetting, runAgainst, runOptionsFor } from './provider-runs.ts'
import { judgedOtherwise } from './recorded-verdicts.ts'

/**
 * Runs the suites against a provider with one fault: at one export level, and at every level if that one does not show all that the fault is said to
 * break. Three levels take three times as long, and a test is the same row of a suite at each.
 */
export async function runFaulty(fault: Fault): Promise<FaultResult> {
  const everyLevel = faultSetting(fault)
  const { plan: planned, target } = await runOptionsFor(everyLevel)
  if (target.levels.length === 1) return runFaultyWith(fault, everyLevel)
  const atOne = await runFaultyWith(fault, {
    ...everyLevel,
    target: { levels: [levelToTry(fault, planned)] },
  })
  return atOne.killed && atOne.stale.length === 0 ? atOne : runFaultyWith(fault, everyLevel)
}

function faultSetting(fault: Fault): ProviderSetting {
  return {
    faults: [fault.id],
    // Compression takes time and shows nothing here; the honest configurations have it.
    configuration: { gzip: false },
    ...(fault.release ? { release: fault.release } : {}),
    onJudged(run) {
      const otherwise = judgedOtherwise(run)
      if (otherwise.length > 0)
        throw new Error(`the recording of ${fault.id} is judged otherwise: ${otherwise.join(', ')}`)
    },
  }
}

async function runFaultyWith(fault: Fault, setting: ProviderSetting): Promise<FaultResult> {
  const result = await runAgainst(setting)
  const failed = result.tests.filter(({ verdict }) => verdict.is === 'fail' || verdict.is === 'error')
  const failing = [...new Set(failed.map((it) => it.requirement.id))]
  const also = fault.also ?? []
  return {
    id: fault.id,
    breaks: fault.breaks,
    level: levelBroken(fault, loadBundledSuites().requirements),
    failing,
    tests: failed.map((it) => it.id),
    also,
    killed: failing.includes(fault.breaks),
    collateral: failing.filter((it) => it !== fault.breaks && !also.includes(it)),
    stale: also.filter((it) => it === fault.breaks || !failing.includes(it)),
  }
}
