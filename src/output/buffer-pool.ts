/** Buffers for slices of downloads, each used over and over; one is handed over to the thread that reads it, and back. */
export interface BufferPool {
  /** Length of a buffer. */
  readonly bufferBytes: number
  take(): Buffer
  /** Nobody reads `bytes` any more: their buffer can be used again. Bytes that lie in none, or were handed over, are left alone. */
  giveBack(bytes: Uint8Array): void
}

const usualBytes = 2 << 20

/** Opens a pool; it has as many buffers as were in use at a time. */
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
