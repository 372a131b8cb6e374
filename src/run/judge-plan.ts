import type { Exchange } from '../model/http/exchange.ts'
import type { Plan, ProbeKey } from '../model/plan.ts'
import type { TestResult } from '../model/result.ts'
import type { Target } from '../model/target.ts'
import { type JudgeInput, judgeTest } from './judge-test.ts'
import { isKnownFailing } from './known-failing.ts'
import type { PlanOutcome } from './perform-plan.ts'
import { fileKindOfPart, tallyKey } from './probe-files.ts'
import type { RunEvent } from './run-options.ts'
import { vocabularyIndex } from './vocabulary-index.ts'

/** Judges every test of a plan over a case. */
export function judgeTests(
  plan: Plan,
  given: JudgeInput,
  options: { readonly knownFailing: readonly string[]; readonly notify?: (event: RunEvent) => void },
): readonly TestResult[] {
  return plan.tests.map((test) => {
    const result = judgeTest(test, given, isKnownFailing(test.id, options.knownFailing))
    options.notify?.({ kind: 'test', test: result })
    return result
  })
}

/** What judging a plan needs, from what performing it brought. */
export function judgeInputOf(it: {
  readonly plan: Plan
  readonly target: Target
  readonly exchanges: readonly Exchange[]
  readonly performed: Omit<PlanOutcome, 'openReaders'>
}): JudgeInput {
  const { performed } = it
  const parts = new Map<ProbeKey, ReadonlyMap<string, unknown>>()
  for (const [key, read] of performed.files) parts.set(key, read.tallies)
  return {
    target: it.target,
    probes: new Map(it.plan.probes.map((probe) => [probe.key, probe])),
    evidence: performed.evidence,
    exchanges: it.exchanges,
    checks: vocabularyIndex.checks,
    source: performed.source,
    profilesChecked: [...performed.files.values()].some((it) => it.profiles !== undefined),
    tallyOf: (claim, check, params) => {
      const kind = fileKindOfPart(claim.part)
      return kind && parts.get(claim.probe)?.get(tallyKey(kind, check, params))
    },
  }
}
