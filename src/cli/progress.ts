import { visible } from '../report/escape.ts'
import type { RunEvent } from '../run/run.ts'
import { display, elapsed } from './display.ts'
import type { Io } from './io.ts'
import { amount } from './reading.ts'

/** Shows how a run goes on. */
export interface Progress {
  notify(event: RunEvent): void
  end(): void
}

/** On a terminal one line that is rewritten; elsewhere a line now and then, so that nobody takes a long export for a hang. Nothing if quiet. */
export function progress(
  io: Io,
  options: { readonly quiet: boolean; readonly verbose: boolean; readonly now: () => number },
): Progress {
  if (options.quiet) return { notify: () => undefined, end: () => undefined }
  const show = display(io, options.now)
  const startedAt = options.now()
  let probe = 'starting'
  let activity = ''
  let files = noFiles(startedAt)
  const line = () => {
    const ms = options.now() - files.since
    const { bytes, resources } = { bytes: files.before + files.bytes, resources: files.resources }
    const parts = [probe, activity, bytes > 0 ? amount({ bytes, resources, ms }, 0) : '']
    return `${elapsed(options.now() - startedAt)}  ${visible(parts.filter(Boolean).join(' · '))}`
  }
  const timer = setInterval(() => show.again(line), 1_000)
  timer.unref()
  return {
    notify(event) {
      if (event.kind === 'test') return
      if (event.kind === 'judged') files = { ...files, resources: event.done.resources }
      else if (event.kind === 'activity') {
        files = filesAfter(files, event.event, options.now())
        activity = described(event.event) ?? activity
      } else {
        activity = ''
        files = noFiles(options.now())
        probe =
          event.kind === 'probe' ? `${event.done}/${event.of} ${event.label}` : `deleting ${event.jobs} jobs`
        if (options.verbose && event.kind === 'probe') show.lasting(`${line()}\n`)
      }
      show.again(line)
    },
    end() {
      clearInterval(timer)
      show.end()
    },
  }
}

type Activity = Extract<RunEvent, { kind: 'activity' }>['event']

/** How much of the files of a probe has come, and how much of it was judged. */
interface Files {
  /** When the first began to come. */
  readonly since: number
  /** Bytes of those that have come. */
  readonly before: number
  /** Bytes of the one that is coming. */
  readonly bytes: number
  readonly resources: number
}

function noFiles(since: number): Files {
  return { since, before: 0, bytes: 0, resources: 0 }
}

function filesAfter(files: Files, event: Activity, now: number): Files {
  if (event.kind === 'body') return { ...files, bytes: event.bytes }
  if (event.kind !== 'download') return files
  return event.number === 1 ? noFiles(now) : { ...files, before: files.before + files.bytes, bytes: 0 }
}

function described(event: Activity): string | undefined {
  switch (event.kind) {
    case 'poll':
      return `status request ${event.number}${event.progress ? `, ${event.progress}` : ''}`
    case 'wait':
      return `waiting ${elapsed(event.seconds * 1_000)} for ${event.for}`
    case 'download':
      return `file ${event.number} of ${event.of}`
    case 'body':
    case 'request':
    case 'job-deleted':
      return undefined
  }
}
