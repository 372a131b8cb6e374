import type { RunResult, TestResult } from '../model/result.ts'
import { openJudgeEnvironment, spareCores } from '../output/judge-environment.ts'
import { openRunJournals, type RunJournals } from './journal/run-journals.ts'
import { judgeTests, openJudging } from './judging.ts'
import { openDeadline } from './performing/deadline.ts'
import { performPlan, type PerformedPlan } from './perform-plan.ts'
import { openProgressEvents } from './progress-events.ts'
import type { RunOptions } from './run-options.ts'
import { scopeOf } from './result-scope.ts'
import { positionsOf, renumberExchanges } from './renumber-exchanges.ts'
import { runResultOf } from './run-result.ts'
import { openSettledTests } from './settled-tests.ts'
import { packageNamesOf } from './tested-setting.ts'
import { closingEvent, diskFullReason, openRunSession, probeNotifier, runWarnings } from './run-session.ts'

/**
 * Performs a plan and judges what it brought. An abort gives a result that is not complete. Jobs are deleted whatever happens, once
 * `onConcluded` has the result.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const journals = openRunJournals(options)
  return await runWith({ ...options, notify: journals.notify }, journals).finally(() => journals.close())
}

async function runWith(
  options: RunOptions & Pick<RunJournals, 'notify'>,
  journals: RunJournals,
): Promise<RunResult> {
  const { plan, target, clock, signal, notify, knownFailing, knownFailingFile } = options
  const startedAt = clock.now()
  const deadline = openDeadline(options.maxTimeMs, options)
  const stopping = deadline ? { signal: deadline.signal, deadline } : signal ? { signal } : {}
  const session = await openRunSession({ ...options, ...stopping })
  const environment = (options.openEnvironment ?? openJudgeEnvironment)(options.threads ?? spareCores())
  const judging = openJudging({
    ...{ plan, target, environment, packages: options.packages ?? [] },
    conceal: (it) => session.conceal(it),
    onProgress: (done) => notify({ kind: 'judged', done }),
  })
  const settings = { packageNames: await packageNamesOf(options.packages), knownFailingFile }
  const settled = openSettledTests({
    ...{ session, knownFailing },
    onJudged: (test) => notify({ kind: 'test', test }),
  })
  const showProgress = openProgressEvents(target, settings, notify)
  const keep = (by: PerformedPlan['judging']) => journals.keepEvidence(by)
  let outcome:
    | { readonly performed: PerformedPlan; readonly complete: boolean; readonly tests: readonly TestResult[] }
    | undefined
  /** The result by now, under the numbers that exchanges have during the run. */
  const resultBy = ({ performed, complete, tests }: NonNullable<typeof outcome>): RunResult =>
    runResultOf(performed.judging, {
      ...{ run: journals.run, harness: options.harness, complete, tests },
      scope: scopeOf('run', performed.judging.plan, options.selection),
      jobs: { ...session.jobs },
      flaky: session.flaky,
      suites: options.suites,
      failOn: options.failOn,
      warnings: [...runWarnings(options, session), ...(deadline?.warnings() ?? [])],
      startedAt: new Date(startedAt).toISOString(),
      durationMs: clock.now() - startedAt,
      exchanges: session.exchanges,
      ...settings,
      features: performed.features,
    })
  try {
    await journals.begin({ session, judging, startedAt })
    const performed = await performPlan(judging, {
      ...{ session, clock, lanes: options.concurrency ?? 1, ...stopping },
      notify: probeNotifier(options),
      onProbeDone(moment) {
        showProgress(moment)
        settled.settle(moment)
        keep(moment.judging)
      },
    })
    // An abort from here on keeps nothing from being judged.
    const complete = !signal?.aborted
    const tests = judgeTests(performed.judging, {
      ...{ exchanges: session.exchanges, knownFailing, settled: settled.results },
      onJudged: (test) => notify({ kind: 'test', test }),
    })
    outcome = { performed, complete, tests }
    keep(judging)
    const concluded = resultBy(outcome)
    journals.conclude('concluded', concluded, { ...performed, order: [...judging.evidence.keys()] })
    await options.onConcluded?.(renumberExchanges(concluded))
  } finally {
    deadline?.end()
    notify(closingEvent(session))
    session.renumberKept(positionsOf(session.exchanges))
    await Promise.all([session.close(), environment.close()])
  }
  const result = resultBy(outcome)
  journals.conclude('end', result, { ...outcome.performed, order: [...judging.evidence.keys()] })
  const lost = options.recording && !journals.isRecorded ? [notRecordedWarning(options.recording)] : []
  if (options.recording && journals.isRecorded) options.onRecorded?.()
  return renumberExchanges({ ...result, warnings: [...result.warnings, ...lost] })
}

function notRecordedWarning(file: string): string {
  return `The run could not be recorded in ${file}: ${diskFullReason}.`
}
