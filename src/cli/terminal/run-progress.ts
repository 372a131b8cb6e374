import { visible } from '../../report/visible-text.ts'
import { remainingText } from '../../report/cost-text.ts'
import type { RunEvent } from '../../run/journal/run-event.ts'
import { openDisplay, formatDuration } from './display.ts'
import type { Io } from './io.ts'
import { progressLine } from './file-progress.ts'

/** Shows the progress of a run. */
export interface RunProgressDisplay {
  notify(event: RunEvent): void
  end(): void
}

/** On a terminal one line that is rewritten; elsewhere a new line every few seconds, so that a long export does not look like a hang. Nothing if quiet. */
export function showRunProgress(
  io: Io,
  options: { readonly quiet: boolean; readonly verbose: boolean; readonly now: () => number },
): RunProgressDisplay {
  if (options.quiet) return { notify: () => undefined, end: () => undefined }
  const show = openDisplay(io, options.now)
  const startedAt = options.now()
  let probe = 'starting'
  let activity = ''
  let files = noFileProgress(startedAt)
  let closing: (ClosingEvent & { readonly gone: number }) | undefined
  let left: { readonly exports: number; readonly until: number } | undefined
  const line = () => {
    const ms = options.now() - files.since
    const { bytes, resources } = { bytes: files.before + files.bytes, resources: files.resources }
    const rest = left ? remainingText({ ...left, ms: Math.max(0, left.until - options.now()) }) : ''
    const parts = [
      closing ? deletingJobs(closing) : probe,
      rest,
      activity,
      bytes > 0 ? progressLine({ bytes, resources, ms }, 0) : '',
    ]
    return `${formatDuration(options.now() - startedAt)}  ${visible(parts.filter(Boolean).join(' · '))}`
  }
  const timer = setInterval(() => show.update(line), 1_000)
  timer.unref()
  return {
    notify(event) {
      if (event.kind === 'probe' || event.kind === 'closing') {
        activity = ''
        files = noFileProgress(options.now())
        left = leftAfter(event, options.now())
        closing = event.kind === 'closing' ? { ...event, gone: 0 } : undefined
        probe = event.kind === 'probe' ? probeText(event) : ''
        if (event.kind === 'closing' ? event.jobs > 0 : options.verbose) show.print(`${line()}\n`)
      } else if (event.kind === 'judged') files = { ...files, resources: event.done.resources }
      else if (event.kind === 'job-gone') {
        if (closing) closing = { ...closing, gone: closing.gone + event.exchanges.length }
      } else {
        files = fileProgressAfter(files, event, options.now())
        activity = describeActivity(event) ?? activity
      }
      show.update(line)
    },
    end() {
      clearInterval(timer)
      show.end()
    },
  }
}

/** The exports that are left, and when the last of them may be complete. */
function leftAfter(event: RunEvent, now: number): { exports: number; until: number } | undefined {
  return event.kind === 'probe' && event.left
    ? { exports: event.left.exports, until: now + event.left.ms }
    : undefined
}

function probeText({ label, done, of, beside }: Extract<RunEvent, { kind: 'probe' }>): string {
  return `${done}/${of} ${label}${beside > 0 ? ` and ${beside} more` : ''}`
}

type ClosingEvent = Extract<RunEvent, { kind: 'closing' }>

function deletingJobs({ jobs, seconds, gone }: ClosingEvent & { readonly gone: number }): string {
  const count = `${gone} of ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`
  return `deleted ${count}; this takes ${formatDuration(seconds * 1_000)} at most`
}

/** How much of a probe's files has arrived, and how much of it was judged. */
interface ProbeFileProgress {
  /** When the first began to arrive. */
  readonly since: number
  /** Bytes of the files that have arrived. */
  readonly before: number
  /** Bytes of the file that is arriving. */
  readonly bytes: number
  readonly resources: number
}

function noFileProgress(since: number): ProbeFileProgress {
  return { since, before: 0, bytes: 0, resources: 0 }
}

function fileProgressAfter(files: ProbeFileProgress, event: RunEvent, now: number): ProbeFileProgress {
  if (event.kind === 'body') return { ...files, bytes: event.bytes }
  if (event.kind !== 'download') return files
  return event.number === 1 ? noFileProgress(now) : { ...files, before: files.before + files.bytes, bytes: 0 }
}

function describeActivity(event: RunEvent): string | undefined {
  switch (event.kind) {
    case 'poll':
      return `status request ${event.number}${event.progress ? `, ${event.progress}` : ''}`
    case 'wait':
      return `waiting ${formatDuration(event.seconds * 1_000)} for ${event.for}`
    case 'download':
      return `file ${event.number} of ${event.of}`
    default:
      return undefined
  }
}
