import type { Io } from './io.ts'

/** Exit codes after a signal. */
const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** A signal to abort by, after SIGINT or SIGTERM; a second one ends the process at once. */
export function interruption(io: Io): {
  readonly signal: AbortSignal
  /** The exit code that the first signal asks for. */
  code(): number | undefined
  end(): void
} {
  const controller = new AbortController()
  let code: number | undefined
  const end = io.onSignal((signal) => {
    if (code !== undefined) io.exit(signalExitCodes[signal])
    code = signalExitCodes[signal]
    controller.abort()
  })
  return { signal: controller.signal, code: () => code, end }
}
