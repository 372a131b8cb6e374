import type { Session } from '../probe/session.ts'
import type { ProbeEvent } from '../probe/events.ts'
import type { RunEvent, RunOptions } from './run-options.ts'

/** Why a file could not be written, as far as anybody knows. */
export const diskFullReason = 'the disk is full, or the folder cannot be written to'

/** What was to be known before a run, and what could not be kept of it. */
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
  // Loaded here because who judges files without a server does without it.
  const { openSession } = await import('../probe/session.ts')
  return openSession({
    target: options.target,
    transport: options.transport,
    clock: options.clock,
    after,
    ...(signal ? { signal } : {}),
    ...(random ? { random } : {}),
    ...(options.keep ? { keep: options.keep } : {}),
    ...(options.showDiagnostics ? { showDiagnostics: true } : {}),
    ...(notify ? { notify: (event: ProbeEvent) => notify({ kind: 'activity', event }) } : {}),
  })
}

/** What a run is about to do at its end. */
export function closingEvent({ jobs, closingLimitMs }: Session): RunEvent {
  return { kind: 'closing', jobs: jobs.perhapsLeft.length, seconds: closingLimitMs / 1000 }
}
