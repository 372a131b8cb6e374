/** What a child process measured. */
export interface Told {
  readonly ms: number
  /** Milliseconds of processor time of all threads, from the start of the process. */
  readonly processor: number
  readonly lines?: number
  /** Lines that were taken for invalid. */
  readonly invalid?: number
  /** Exit code of the command that was measured. */
  readonly code?: number
  readonly output?: string
}

/** Tells the bench, at the end of a child process. */
export function told(what: Omit<Told, 'processor'>): void {
  const { user, system } = process.cpuUsage()
  process.stdout.write(`${JSON.stringify({ ...what, processor: (user + system) / 1000 } satisfies Told)}\n`)
}
