/** All time the harness knows. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after so many milliseconds, at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
