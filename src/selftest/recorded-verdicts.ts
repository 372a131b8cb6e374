import { isDeepStrictEqual } from 'node:util'
import type { TestResult } from '../model/result.ts'
import { narrowJudging } from '../run/features/find-features.ts'
import { judgeTests, openJudging } from '../run/judging.ts'
import { type Recording, recordedSearch, recordingOf } from '../run/recording.ts'
import type { JudgedRun } from '../run/run-options.ts'
import { openRememberingEnvironment } from './remembered-slices.ts'

/** The tests of a run that come out otherwise from its recording and the same lines of files, but for those that only ids of patients decide. */
export function judgedOtherwise(run: JudgedRun): readonly string[] {
  const { options, judging, tests } = run
  const recording = JSON.parse(JSON.stringify(recordingOf(run))) as Recording
  const again = openJudging({
    plan: options.plan,
    target: recording.target,
    // No line is read again.
    environment: openRememberingEnvironment(0),
    evidence: Object.entries(recording.evidence),
    picked: new Map(Object.entries(recording.picked)),
    preflight: recording.preflight ?? [],
  })
  for (const [key, it] of judging.files) again.files.set(key, it)
  const verdicts = judgeTests(narrowJudging(again, recordedSearch(recording)), {
    exchanges: recording.exchanges,
    knownFailing: [],
  })
  return tests.flatMap((it, at) => (isSame(it, verdicts[at]) ? [] : [it.id]))
}

function isSame(live: TestResult, recorded: TestResult | undefined): boolean {
  const { verdict } = recorded ?? {}
  const isUndecided = verdict?.is === 'inconclusive' && verdict.reason.kind === 'patient-ids-not-recorded'
  return isUndecided || isDeepStrictEqual(recorded, live)
}
