import type { RunResult, TestResult } from '../model/result.ts'
import { openJudgeEnvironment, spareCores } from '../output/judge-environment.ts'
import { openRunJournals, type RunJournals } from './journal/run-journals.ts'
import { judgeTests, openJudging } from './judging.ts'
import { openDeadline } from './performing/deadline.ts'
import { performPlan, type PerformedPlan } from './perform-plan.ts'
import { openProgressEvents } from './performing/progress-events.ts'
import { openSettledTests } from './performing/settled-tests.ts'
import type { RunOptions } from './run-options.ts'
import { scopeOf } from './result-scope.ts'
import { positionsOf, renumberExchanges } from './renumber-exchanges.ts'
import { runResultOf } from './run-result.ts'
import { packageNamesOf } from './tested-setting.ts'
import { closingEvent, diskFullReason, openRunSession, probeNotifier, runWarnings } from './run-session.ts'

/**
 * Performs a plan and judges what it brought. An abort gives a result that is not complete. Jobs are deleted whatever happens, once
 * `onConcluded` has the result.
 */
export async function run(given: RunOptions): Promise<RunResult> {
  const journals = openRunJournals(given)
  const work = await openWork({ ...given, notify: journals.notify }, journals)
  const outcome = await conclude(work)
    .finally(() => close(work))
    .catch((error: unknown) => {
      journals.close()
      throw error
    })
  const result = resultBy(work, outcome)
  keepConclusion(work, 'end', outcome, result)
  const { recording, onRecorded } = given
  const isLost = recording !== undefined && !journals.isRecorded
  if (recording !== undefined && !isLost) onRecorded?.()
  journals.close()
  const lost = isLost ? [`The run could not be recorded in ${recording}: ${diskFullReason}.`] : []
  return renumberExchanges({ ...result, warnings: [...result.warnings, ...lost] })
}

type Work = Awaited<ReturnType<typeof openWork>>

/** What was performed, and the verdicts on it. */
interface RunOutcome {
  readonly performed: PerformedPlan
  readonly complete: boolean
  readonly tests: readonly TestResult[]
}

/** Opens all that a run works with. */
async function openWork(options: RunOptions & Pick<RunJournals, 'notify'>, journals: RunJournals) {
  const { plan, target, clock, signal, notify, packages = [], knownFailing, knownFailingFile } = options
  const startedAt = clock.now()
  const deadline = openDeadline(options.maxTimeMs, options)
  const stopping = deadline ? { signal: deadline.signal, deadline } : signal ? { signal } : {}
  const session = await openRunSession({ ...options, ...stopping })
  const environment = (options.openEnvironment ?? openJudgeEnvironment)(options.threads ?? spareCores())
  const judging = openJudging({
    ...{ plan, target, environment, packages },
    conceal: (it) => session.conceal(it),
    onProgress: (done) => notify({ kind: 'judged', done }),
  })
  const settings = {
    ...{ packageNames: await packageNamesOf(packages), knownFailingFile },
    isProxied: options.isProxied,
  }
  const settled = openSettledTests({
    ...{ session, knownFailing },
    onJudged: (test) => notify({ kind: 'test', test }),
  })
  const showProgress = openProgressEvents(target, settings, { session, notify })
  return {
    ...{ options, journals, startedAt, deadline, stopping, session, environment, judging },
    ...{ settings, settled, showProgress },
  }
}

/** Performs the plan, judges every test, and hands the result over. */
async function conclude(work: Work): Promise<RunOutcome> {
  const { options, journals, startedAt, stopping, session, judging, settled, showProgress } = work
  const { clock, concurrency = 1, signal, notify, knownFailing } = options
  await journals.begin({ session, judging, startedAt })
  const performed = await performPlan(judging, {
    ...{ session, clock, lanes: concurrency, ...stopping },
    notify: probeNotifier(options),
    onProbeDone(moment) {
      showProgress(moment)
      settled.settle(moment)
      journals.keepEvidence(judging)
    },
  })
  // The files of a probe that was cut short, too.
  showProgress({ judging: performed.judging, isNarrowed: false, isDone: () => true, isQuiet: true })
  // An abort from here on keeps nothing from being judged.
  const complete = !signal?.aborted
  const tests = judgeTests(performed.judging, {
    ...{ exchanges: session.exchanges, knownFailing, settled: settled.results },
    onJudged: (test) => notify({ kind: 'test', test }),
  })
  const { features } = performed
  options.onJudged?.({ options, judging, session, startedAt, features, tests })
  const outcome = { performed, complete, tests }
  const result = resultBy(work, outcome)
  journals.keepEvidence(judging)
  keepConclusion(work, 'concluded', outcome, result)
  await options.onConcluded?.(renumberExchanges(result))
  return outcome
}

async function close({ options, deadline, session, environment }: Work): Promise<void> {
  deadline?.end()
  options.notify(closingEvent(session))
  session.renumberKept(positionsOf(session.exchanges))
  await Promise.all([session.close(), environment.close()])
}

function keepConclusion(
  { journals, judging }: Work,
  kind: 'concluded' | 'end',
  { performed }: RunOutcome,
  result: RunResult,
): void {
  journals.conclude(kind, result, { ...performed, order: [...judging.evidence.keys()] })
}

/** The result by now, under the numbers that exchanges have during the run. */
function resultBy(work: Work, { performed, complete, tests }: RunOutcome): RunResult {
  const { options, journals, session, deadline, startedAt, settings } = work
  return runResultOf(performed.judging, {
    ...{ run: journals.run, harness: options.harness, complete, tests },
    scope: scopeOf('run', performed.judging.plan, options.selection),
    jobs: { ...session.jobs },
    flaky: session.flaky,
    suites: options.suites,
    failOn: options.failOn,
    warnings: [...runWarnings(options, session), ...(deadline?.warnings() ?? [])],
    startedAt: new Date(startedAt).toISOString(),
    durationMs: options.clock.now() - startedAt,
    exchanges: session.exchanges,
    ...settings,
    features: performed.features,
    ...(options.showDiagnostics ? { showsDiagnostics: true as const } : {}),
  })
}
