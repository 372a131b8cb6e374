import { randomUUID } from 'node:crypto'
import type { RunResult, TestResult } from '../model/result.ts'
import { spareCores, openJudgeEnvironment } from '../output/judge-environment.ts'
import { type PlanOutcome, performPlan } from './perform-plan.ts'
import { writeRecording } from './recording.ts'
import { resultFilesOf, resultProfilesOf } from './evidence-files.ts'
import { judgeInputOf, judgeTests } from './judge-plan.ts'
import { diskFullReason, openRunSession, runWarnings } from './run-session.ts'
import type { RunOptions } from './run-options.ts'
import { vocabularyIndex } from './vocabulary-index.ts'

/** Performs a plan and judges what it brought. Jobs are deleted whatever happens; an abort gives a result that is not complete. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { plan, target, clock, signal, notify } = options
  const startedAt = clock.now()
  const session = await openRunSession(options)
  const means = openJudgeEnvironment(options.threads ?? spareCores())
  let tests: readonly TestResult[]
  let performed: PlanOutcome
  try {
    performed = await performPlan({
      plan,
      target,
      session,
      words: vocabularyIndex,
      means,
      packages: options.packages ?? [],
      ...(signal ? { signal } : {}),
      notify: (probe, done) => notify?.({ kind: 'probe', label: probe.label, done, of: plan.probes.length }),
      onJudged: (done) => notify?.({ kind: 'judged', done }),
    })
    tests = judgeTests(plan, judgeInputOf({ plan, target, exchanges: session.exchanges, performed }), options)
  } finally {
    notify?.({ kind: 'closing', jobs: session.jobs.started - session.jobs.deleted })
    await Promise.all([session.close(), means.close()])
  }
  // Only now is it known which jobs were deleted.
  const warnings = [...runWarnings(options, session)]
  if (options.recording) {
    const run = { options, performed, session, startedAt, picks: vocabularyIndex.picks }
    const isThere = await writeRecording(options.recording, run)
    if (isThere) options.onRecorded?.()
    else warnings.push(`The run could not be recorded in ${options.recording}: ${diskFullReason}.`)
  }
  return {
    version: 1,
    run: randomUUID(),
    harness: options.harness,
    complete: !signal?.aborted,
    jobs: { ...session.jobs },
    suites: options.suites,
    target: { name: target.name, fhirUrl: target.fhirUrl, ig: target.ig },
    failOn: options.failOn,
    warnings,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: clock.now() - startedAt,
    tests,
    exchanges: session.exchanges,
    files: resultFilesOf(performed),
    ...resultProfilesOf(plan, performed),
  }
}
