/** What a child process measured. */
export interface ProcessMeasurement {
  readonly ms: number
  /** Milliseconds of processor time of all its threads. */
  readonly processor: number
  readonly lines?: number
  /** Lines that were rejected. */
  readonly invalid?: number
  /** Exit code of the command that was measured. */
  readonly code?: number
  readonly output?: string
}

/** Starts to measure; the function that it returns prints the measurement for the bench. */
export function stopwatch(): (more: Omit<ProcessMeasurement, 'ms' | 'processor'>) => void {
  const begun = performance.now()
  const before = process.cpuUsage()
  return (more) => {
    const { user, system } = process.cpuUsage(before)
    const measurement: ProcessMeasurement = {
      ms: performance.now() - begun,
      processor: (user + system) / 1000,
      ...more,
    }
    process.stdout.write(`${JSON.stringify(measurement)}\n`)
  }
}
