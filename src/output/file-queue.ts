/** A file that several threads read in parts, each taking the next part until nothing is left. */
export interface FileQueue {
  readonly path: string
  /** The end of the file as first seen: the file may grow. */
  readonly to: number
  /** A lock, and the offset up to which the file has been taken; shared by all threads. */
  readonly state: SharedArrayBuffer
}

/** A taken part of a file: its length in bytes, 0 at the end, and the number of lines that begin in it. */
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

/** Takes the part that `take` finds from an offset on, while no other thread takes one. Returns the number of its first line, from 1. */
export async function takeNextPart<T extends QueuedPart>(
  { state }: FileQueue,
  take: (from: number) => T | Promise<T>,
): Promise<T & { readonly firstLine: number }> {
  const lock = new Int32Array(state, 0, 1)
  const place = placeIn(state)
  while (Atomics.compareExchange(lock, 0, 0, 1) !== 0)
    // A thread that ended in the meantime does not release the lock.
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
