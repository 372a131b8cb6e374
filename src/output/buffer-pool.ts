/** Room for slices of downloads, each used over and over; it is handed over to the thread that reads it, and back. */
export interface BufferPool {
  /** How many bytes one takes. */
  readonly bufferBytes: number
  take(): Buffer
  /** Nobody reads any more what lies in the room of `bytes`; bytes that lie in no room, or were handed over, are left alone. */
  giveBack(bytes: Uint8Array): void
}

const usualBytes = 2 << 20

/** Opens as many rooms as are in use at a time. */
export function openBufferPool(bytes = usualBytes): BufferPool {
  // The collector frees large buffers late, and the allocator hands back little of what it frees.
  const free: ArrayBuffer[] = []
  return {
    bufferBytes: bytes,
    take: () => Buffer.from(free.pop() ?? new ArrayBuffer(bytes)),
    giveBack({ buffer }) {
      if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes) free.push(buffer)
    },
  }
}
