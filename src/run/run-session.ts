import type { Session } from '../probe/session.ts'
import { mentionedWords } from '../suite/planning/mentioned-words.ts'
import type { PerformPlanOptions } from './performing/perform-options.ts'
import type { RunEvent } from './journal/run-event.ts'
import type { RunOptions } from './run-options.ts'

/** The likely reason why a file could not be written. */
export const diskFullReason = 'the disk is full, or the folder cannot be written to'

/** Warnings from before a run, and one about output files that could not be kept. */
export function runWarnings(
  { warnings, keep }: Pick<RunOptions, 'warnings' | 'keep'>,
  { unkept }: Pick<Session, 'unkept'>,
): readonly string[] {
  if (unkept === 0) return warnings
  const what = unkept === 1 ? 'An output file' : `${unkept} output files`
  return [...warnings, `${what} could not be kept in ${keep}: ${diskFullReason}.`]
}

/** Opens a session for a run; its exchanges are numbered after `after`. */
export async function openRunSession(options: RunOptions, after = 0): Promise<Session> {
  const { signal, notify, random } = options
  // Loaded here because judging files without a server does not need it.
  const { openSession } = await import('../probe/session.ts')
  return openSession({
    target: options.target,
    transport: options.transport,
    clock: options.clock,
    keySetHost: options.keySetHost,
    after,
    ...(signal ? { signal } : {}),
    ...(random ? { random } : {}),
    ...(options.keep ? { keep: options.keep } : {}),
    ...(options.showDiagnostics ? { showDiagnostics: true } : {}),
    mentioned: mentionedWords(options.plan),
    ...(options.secrets ? { secrets: options.secrets } : {}),
    ...(notify ? { notify } : {}),
  })
}

/** Turns the probes of a run into events. */
export function probeNotifier({ plan, notify }: RunOptions): PerformPlanOptions['notify'] {
  return ({ label }, progress) => notify?.({ kind: 'probe', label, of: plan.probes.length, ...progress() })
}

/** What a run is about to do at its end. */
export function closingEvent({ jobs, closingLimitMs }: Session): RunEvent {
  return { kind: 'closing', jobs: jobs.perhapsLeft.length, seconds: closingLimitMs / 1000 }
}
