import type { Io } from './io.ts'

/** A place for a text that changes. */
export interface Display {
  /** Shows a new state of the text, or skips it if it follows the last one too soon. */
  update(line: () => string): void
  /** Shows a text that stays. */
  print(line: string): void
  end(): void
}

const heartbeatMs = 30_000
const redrawMs = 80

/** On a terminal one line that is rewritten; elsewhere a new line every few seconds, so that a long wait does not look like a hang. */
export function openDisplay(io: Io, now: () => number): Display {
  const live = io.errIsTerminal && !io.env.CI && io.env.TERM !== 'dumb'
  return live ? rewriting(io, now) : heartbeat(io, now)
}

function rewriting(io: Io, now: () => number): Display {
  const clear = '\r\u001b[2K'
  let last = 0
  return {
    update(line) {
      if (now() - last < redrawMs) return
      last = now()
      io.err(`${clear}${line().slice(0, Math.max(20, io.width - 1))}`)
    },
    print: (line) => io.err(`${clear}${line}`),
    end: () => io.err(clear),
  }
}

function heartbeat(io: Io, now: () => number): Display {
  let last = now()
  return {
    update(line) {
      if (now() - last < heartbeatMs) return
      last = now()
      io.err(`${line()}\n`)
    },
    print(line) {
      last = now()
      io.err(line)
    },
    end: () => undefined,
  }
}

/** `42s`, `3m05s`, `2h10m`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, '0')}s`
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
}
