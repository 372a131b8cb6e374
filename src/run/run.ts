import type { RunResult, TestResult } from '../model/result.ts'
import { openJudgeEnvironment, spareCores } from '../output/judge-environment.ts'
import { judgeTests, openJudging } from './judging.ts'
import { openDeadline } from './performing/deadline.ts'
import { performPlan, type PerformedPlan } from './perform-plan.ts'
import { writeRecording } from './recording.ts'
import type { RunOptions } from './run-options.ts'
import { scopeOf } from './result-scope.ts'
import { positionsOf, renumberExchanges } from './renumber-exchanges.ts'
import { runResultOf } from './run-result.ts'
import { packageNamesOf } from './tested-setting.ts'
import { closingEvent, diskFullReason, openRunSession, probeNotifier, runWarnings } from './run-session.ts'

/** Performs a plan and judges what it brought. Jobs are deleted whatever happens; an abort gives a result that is not complete. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { plan, target, clock, signal, notify } = options
  const startedAt = clock.now()
  const deadline = openDeadline(options.maxTimeMs, options)
  const stopping = deadline ? { signal: deadline.signal, deadline } : signal ? { signal } : {}
  const session = await openRunSession({ ...options, ...stopping })
  const environment = (options.openEnvironment ?? openJudgeEnvironment)(options.threads ?? spareCores())
  const judging = openJudging({
    ...{ plan, target, environment, packages: options.packages ?? [] },
    conceal: (it) => session.conceal(it),
    onProgress: (done) => notify?.({ kind: 'judged', done }),
  })
  let tests: readonly TestResult[]
  let performed: PerformedPlan | undefined
  try {
    performed = await performPlan(judging, {
      ...{ session, clock, lanes: options.concurrency ?? 1, ...stopping },
      notify: probeNotifier(options),
    })
    tests = judgeTests(performed.judging, {
      exchanges: session.exchanges,
      knownFailing: options.knownFailing,
      onJudged: (test) => notify?.({ kind: 'test', test }),
    })
    options.onJudged?.({ options, judging, session, startedAt, features: performed.features, tests })
  } finally {
    notify?.(closingEvent(session))
    session.renumberKept(positionsOf(session.exchanges))
    deadline?.end()
    await Promise.all([session.close(), environment.close()])
  }
  // Only now is it known which jobs were deleted.
  const warnings = [...runWarnings(options, session), ...(deadline?.warnings() ?? [])]
  if (options.recording) {
    const recorded = { options, judging, session, startedAt, features: performed.features, warnings }
    const isThere = await writeRecording(options.recording, recorded)
    if (isThere) options.onRecorded?.()
    else warnings.push(`The run could not be recorded in ${options.recording}: ${diskFullReason}.`)
  }
  const details = {
    harness: options.harness,
    scope: scopeOf('run', performed.judging.plan, options.selection),
    complete: !signal?.aborted,
    jobs: { ...session.jobs },
    flaky: session.flaky,
    suites: options.suites,
    failOn: options.failOn,
    warnings,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: clock.now() - startedAt,
    tests,
    exchanges: session.exchanges,
    packageNames: await packageNamesOf(options.packages),
    knownFailingFile: options.knownFailingFile,
    isProxied: options.isProxied,
    features: performed.features,
    ...(options.showDiagnostics ? { showsDiagnostics: true as const } : {}),
  }
  return renumberExchanges(runResultOf(performed.judging, details))
}
