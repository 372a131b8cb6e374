/** A file that several threads read in parts, each taking the next part until nothing is left. */
export interface FileQueue {
  readonly path: string
  /** Nothing is taken beyond this byte: a file may grow. */
  readonly to: number
  /** A lock, and how far it has been taken; the same for all threads. */
  readonly state: SharedArrayBuffer
}

/** What has been taken of a file: its length in bytes, 0 at the end, and how many lines begin in it. */
export interface QueuedPart {
  readonly length: number
  readonly lines: number
}

const lockBytes = 8
const patienceMs = 60_000

/** Begins to share the first `to` bytes of a file. */
export function openFileQueue(path: string, to: number): FileQueue {
  const state = new SharedArrayBuffer(lockBytes + 16)
  placeIn(state).set([0, 1])
  return { path, to, state }
}

/** Takes what `take` finds from an offset on; meanwhile no other thread does. Tells the number of its first line, from 1. */
export async function takeNextPart<T extends QueuedPart>(
  { state }: FileQueue,
  take: (from: number) => T | Promise<T>,
): Promise<T & { readonly firstLine: number }> {
  const lock = new Int32Array(state, 0, 1)
  const place = placeIn(state)
  while (Atomics.compareExchange(lock, 0, 0, 1) !== 0)
    // A thread that ended meanwhile does not give it back.
    if (Atomics.wait(lock, 0, 1, patienceMs) === 'timed-out')
      throw new Error('a thread that reads a file stopped responding')
  try {
    const [from = 0, firstLine = 1] = place
    const taken = await take(from)
    place[0] = from + taken.length
    place[1] = firstLine + taken.lines
    return { ...taken, firstLine }
  } finally {
    Atomics.store(lock, 0, 0)
    Atomics.notify(lock, 0, 1)
  }
}

function placeIn(state: SharedArrayBuffer): Float64Array {
  return new Float64Array(state, lockBytes, 2)
}
