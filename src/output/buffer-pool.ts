/** Buffers for slices of downloads. Each is reused: it is handed to the thread that reads it, and comes back. */
export interface BufferPool {
  /** Length of a buffer. */
  readonly bufferBytes: number
  take(): Buffer
  /** Nothing reads `bytes` any more, so their buffer can be used again. Bytes outside of a buffer, or handed over, are ignored. */
  giveBack(bytes: Uint8Array): void
}

const usualBytes = 2 << 20

/** Opens a pool; it grows to the largest number of buffers in use at one time. */
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
