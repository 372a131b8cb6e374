import { visible } from '../report/escape.ts'
import type { RunEvent } from '../run/run.ts'
import { display, elapsed } from './display.ts'
import type { Io } from './io.ts'

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
  const line = () =>
    `${elapsed(options.now() - startedAt)}  ${visible([probe, activity].filter(Boolean).join(' · '))}`
  const timer = setInterval(() => show.again(line), 1_000)
  timer.unref()
  return {
    notify(event) {
      if (event.kind === 'test') return
      if (event.kind === 'activity') activity = described(event.event) ?? activity
      else {
        activity = ''
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

function described(event: Activity): string | undefined {
  switch (event.kind) {
    case 'poll':
      return `status request ${event.number}${event.progress ? `, ${event.progress}` : ''}`
    case 'wait':
      return `waiting ${elapsed(event.seconds * 1_000)} for ${event.for}`
    case 'download':
      return `file ${event.number} of ${event.of}`
    case 'request':
    case 'job-deleted':
      return undefined
  }
}
