import type { Environment } from '../../config/environment.ts'
import { type KnownSecrets, openKnownSecrets } from '../../model/secrets/known-secrets.ts'
import { type InterruptingSignal, signalExitCodes } from './signals.ts'

const interruptingSignals = Object.keys(signalExitCodes) as readonly InterruptingSignal[]

/** What a command sees of the process it runs in. */
export interface Io {
  out(text: string): void
  err(text: string): void
  /** The bytes of standard input, which can be read once. */
  input(): AsyncIterable<Uint8Array>
  readonly cwd: string
  /** What a command learned that nothing may show. */
  readonly secrets: KnownSecrets
  /** Secrets are removed from it after they are read. */
  readonly env: Environment
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Calls back on SIGINT, SIGTERM and SIGHUP until the function that it returns is called. */
  onSignal(listener: (signal: InterruptingSignal) => void): () => void
  /** Ends the process at once. */
  exit(code: number): never
}

/** The process itself. A reader that closes the pipe (`| head`) is not an error. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A terminal that was closed gives EIO.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') process.exitCode = 4
    })
  }
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    input: () => process.stdin,
    cwd: process.cwd(),
    secrets: openKnownSecrets(),
    env: process.env,
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    width: process.stdout.columns || 100,
    onSignal(listener) {
      for (const it of interruptingSignals) process.on(it, listener)
      return () => {
        for (const it of interruptingSignals) process.off(it, listener)
      }
    },
    exit: (code) => process.exit(code),
  }
}

/** Ends the process on a signal for which nobody else listens, so that temporary files are removed. */
export function endOnSignal(io: Pick<Io, 'onSignal' | 'exit'>): void {
  io.onSignal((signal) => {
    if (process.listenerCount(signal) === 1) io.exit(signalExitCodes[signal])
  })
}

/** The same, which prints no secret that it knows. */
export function withoutSecrets(io: Io): Io {
  return {
    ...io,
    out: (text) => io.out(io.secrets.hide(text)),
    err: (text) => io.err(io.secrets.hide(text)),
  }
}

/** Whether output is colored: a flag decides, else NO_COLOR, else FORCE_COLOR, else whether it is a terminal. */
export function wantsColor(io: Io, flag: boolean | undefined): boolean {
  if (flag !== undefined) return flag
  if (io.env.NO_COLOR) return false
  if (io.env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(io.env.FORCE_COLOR)
  return io.outIsTerminal && io.env.TERM !== 'dumb'
}
