import type { Clock } from '../model/clock.ts'

/** A clock that provider and harness share: sleeping moves it on at once. */
export function virtualClock(start: number): Clock {
  let now = start
  return {
    now: () => now,
    wall: () => now,
    sleep: async (ms) => {
      now += Math.max(0, ms)
    },
  }
}
