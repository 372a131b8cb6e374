import type { FaultResult } from '../model/kill-matrix.ts'
import type { SupportedRelease } from '../model/requirement.ts'
import type { Fault } from '../reference/faults/definition.ts'
import { levelBroken, mainReleaseOf } from './fault-catalogue.ts'
import { levelToTry } from './fault-level.ts'
import { loadBundledSuites, type ProviderSetting, runAgainst, runOptionsFor } from './provider-runs.ts'
import { judgedOtherwise } from './recorded-verdicts.ts'

/**
 * Runs the suites against a provider with one fault: at one export level, and at every level if that one does not show all that the fault is said to
 * break. Three levels take three times as long, and a test is the same row of a suite at each. Without a release it is the one in which all tests
 * judge the fault; with `isNarrow` only tests of what it breaks do.
 */
export async function runFaulty(
  fault: Fault,
  { release = mainReleaseOf(fault, loadBundledSuites().requirements), isNarrow = false }: FaultRun = {},
): Promise<FaultResult> {
  if (isNarrow) {
    // Some faults show only beside other exports.
    const atFew = await runAtOneLevel(fault, faultSetting(fault, { release, isNarrow }))
    if (atFew.killed) return atFew
  }
  const everyLevel = faultSetting(fault, { release, isNarrow: false })
  const atOne = await runAtOneLevel(fault, everyLevel)
  const isShown = atOne.killed && (isNarrow || atOne.stale.length === 0)
  return withoutOthers(isShown ? atOne : await runFaultyWith(fault, everyLevel), isNarrow)
}

/** In a release in which only tests of what it breaks judge a fault, nothing is said about others. */
function withoutOthers(result: FaultResult, isNarrow: boolean): FaultResult {
  return isNarrow ? { ...result, collateral: [], stale: [] } : result
}

async function runAtOneLevel(fault: Fault, setting: ProviderSetting): Promise<FaultResult> {
  const { plan: planned, target } = await runOptionsFor(setting)
  if (target.levels.length === 1) return runFaultyWith(fault, setting)
  return runFaultyWith(fault, { ...setting, target: { levels: [levelToTry(fault, planned)] } })
}

/** How a fault is tried. */
export interface FaultRun {
  readonly release?: SupportedRelease
  /** Only by tests of the requirements that it is said to break. */
  readonly isNarrow?: boolean
}

function faultSetting(fault: Fault, { release, isNarrow }: Required<FaultRun>): ProviderSetting {
  return {
    faults: [fault.id],
    // Compression takes time and shows nothing here; the honest configurations have it.
    configuration: { gzip: false },
    release,
    ...(isNarrow ? { only: [fault.breaks, ...(fault.also ?? [])], claimsAll: true } : {}),
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
    release: setting.release ?? '2.0.0',
    breaks: fault.breaks,
    level: levelBroken(fault, loadBundledSuites().requirements),
    failing,
    tests: failed.map((it) => it.id),
    also,
    killed: failing.includes(fault.breaks),
    collateral: failing.filter((it) => it !== fault.breaks && !also.includes(it)),
    // A requirement that it breaks as well may not hold in another release.
    stale: setting.only ? [] : also.filter((it) => it === fault.breaks || !failing.includes(it)),
  }
}
