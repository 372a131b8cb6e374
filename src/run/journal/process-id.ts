import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process, so that another one with its number later is not taken for it. */
export interface ProcessId {
  readonly pid: number
  readonly host: string
  /** When it started, as the system counts; absent where the system does not say. */
  readonly started?: string
}

/** The process that runs this. */
export function thisProcess(): ProcessId {
  const started = startOf(process.pid)
  return { pid: process.pid, host: hostname(), ...(started === undefined ? {} : { started }) }
}

/** Whether a process is known to run on this machine. */
export function isRunning({ pid, host, started }: ProcessId): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    // The process of another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = startOf(pid)
  return started === undefined || now === undefined || now === started
}

/** The field `starttime` of Linux; the name before it may contain spaces. A zombie has ended. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? 'ended' : fields[19]
  } catch {
    return undefined
  }
}
