/** The only source of time in the harness. */
export interface Clock {
  /** Milliseconds since 1970 by a clock that was right at the start and runs on evenly, whatever becomes of the wall clock. */
  now(): number
  /** Milliseconds since 1970 by the wall clock, which somebody may move: for what others compare with their own clock. */
  wall(): number
  /** Resolves after `ms` milliseconds, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The same as `now` of this machine's clock: evenly running milliseconds since 1970. */
export function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now())
}
