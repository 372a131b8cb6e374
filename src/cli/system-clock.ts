import { type Clock, steadyNow } from '../model/clock.ts'

/** The longest delay of a timer, in milliseconds. */
const longest = 2 ** 31 - 1

/** The time of this machine. */
export const systemClock: Clock = {
  now: steadyNow,
  wall: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0 && !signal?.aborted; left -= longest)
      await pause(Math.min(left, longest), signal)
  },
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })
}
