import type { Io } from './io.ts'
import { signalExitCodes } from './signals.ts'

/** What an interruption prints. */
interface InterruptionTexts {
  /** After the first signal. */
  readonly first?: () => string
  /** After the second one, which ends the process. */
  readonly second?: () => string
}

/** A signal to abort by, after SIGINT, SIGTERM or SIGHUP; a second one ends the process at once. */
export function interruption(
  io: Io,
  texts: InterruptionTexts = {},
): {
  readonly signal: AbortSignal
  /** The exit code that the first signal asks for. */
  code(): number | undefined
  end(): void
} {
  const controller = new AbortController()
  let code: number | undefined
  const end = io.onSignal((signal) => {
    if (code !== undefined) {
      if (texts.second) io.err(texts.second())
      io.exit(signalExitCodes[signal])
    }
    code = signalExitCodes[signal]
    if (texts.first) io.err(texts.first())
    controller.abort()
  })
  return { signal: controller.signal, code: () => code, end }
}
