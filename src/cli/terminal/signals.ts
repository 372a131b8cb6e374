/** Signals that interrupt a command, and the exit code after each. */
export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** A signal that interrupts a command. */
export type InterruptingSignal = keyof typeof signalExitCodes
