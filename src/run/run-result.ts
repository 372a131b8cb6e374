import { randomUUID } from 'node:crypto'
import type { FlakyAnswer } from '../model/http/flaky.ts'
import type { RunResult } from '../model/result.ts'
import { resultFilesOf, resultProfilesOf, resultUncheckedCodesOf } from './evidence-files.ts'
import type { Judging } from './judging.ts'
import { localSettingOf, type SettingDetails, testedSettingOf } from './tested-setting.ts'

/** The parts of a result that do not come from judging. */
export type RunResultDetails = Pick<
  RunResult,
  | 'harness'
  | 'scope'
  | 'complete'
  | 'jobs'
  | 'suites'
  | 'failOn'
  | 'warnings'
  | 'startedAt'
  | 'durationMs'
  | 'tests'
  | 'exchanges'
> &
  SettingDetails &
  Pick<RunResult, 'showsDiagnostics'> & {
    /** Id of the run; random unless given. */
    readonly run?: string
    readonly flaky?: readonly FlakyAnswer[]
  }

/** The result of a judging, under an id of its own. */
export function runResultOf(
  judging: Pick<Judging, 'plan' | 'target' | 'evidence' | 'files' | 'preflight'>,
  details: RunResultDetails,
): RunResult {
  const { name, fhirUrl, ig, igBecause, smart } = judging.target
  const { harness, scope, complete, jobs, flaky = [], suites, failOn, warnings } = details
  const { startedAt, durationMs, tests, exchanges } = details
  return {
    version: 2,
    run: details.run ?? randomUUID(),
    ...{ harness, scope, complete, jobs, suites },
    ...(flaky.length > 0 ? { flaky } : {}),
    target: { name, fhirUrl, ig, ...(igBecause ? { igBecause } : {}), ...(smart ? { smart } : {}) },
    tested:
      scope.kind === 'files'
        ? localSettingOf(details)
        : testedSettingOf(judging.target, judging.evidence.values(), details),
    ...(judging.preflight.length > 0 ? { preflight: judging.preflight } : {}),
    ...(details.showsDiagnostics ? { showsDiagnostics: true } : {}),
    ...{ failOn, warnings, startedAt, durationMs, tests, exchanges },
    files: resultFilesOf(judging),
    ...resultProfilesOf(judging.plan, judging),
    ...resultUncheckedCodesOf(judging.plan, judging),
  }
}
