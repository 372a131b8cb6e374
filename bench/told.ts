/** What a child process measured. */
export interface Told {
  readonly ms: number
  readonly lines?: number
  /** Lines that were taken for invalid. */
  readonly invalid?: number
  /** Exit code of the command that was measured. */
  readonly code?: number
  readonly output?: string
}

/** Tells the bench, at the end of a child process. */
export function told(what: Told): void {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}
