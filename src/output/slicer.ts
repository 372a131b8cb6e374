import type { BufferPool } from './buffer-pool.ts'

const lf = 10

/** Cuts what comes in pieces of any size into slices of whole lines. */
export interface Slicer {
  write(chunk: Uint8Array): void
  /** Nothing more comes: the rest is a slice. */
  end(): void
  /** What has not been given away is forgotten. */
  forget(): void
}

/**
 * Gives slices away, each with the number of its first line, as soon as they fill a room: whoever gets one gives the room back. Of a line longer than
 * `lineBytes` the beginning is kept, and one byte more.
 */
export function openSlicer(
  { lineBytes, rooms }: { readonly lineBytes: number; readonly rooms: BufferPool },
  give: (bytes: Uint8Array, firstLine: number) => void,
): Slicer {
  let bytes = nothing
  let held = 0
  let line = 1
  let skipping = false

  const reserve = (length: number) => {
    if (length <= bytes.length) return
    const larger =
      length <= rooms.bufferBytes ? rooms.take() : Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, length))
    larger.set(bytes.subarray(0, held))
    rooms.giveBack(bytes)
    bytes = larger
  }
  const giveFirst = (length: number) => {
    const all = bytes
    const rest = all.subarray(length, held)
    bytes = nothing
    held = 0
    reserve(rest.length)
    bytes.set(rest)
    held = rest.length
    const first = line
    const slice = all.subarray(0, length)
    line += linesIn(slice)
    // What waits should not take much more room than it needs.
    const small = 4 * length < all.length
    give(small ? Uint8Array.from(slice) : slice, first)
    if (small) rooms.giveBack(all)
  }
  return {
    write(chunk) {
      for (let part = chunk; part.length > 0; ) {
        if (skipping) {
          const end = part.indexOf(lf)
          if (end < 0) return
          skipping = false
          part = part.subarray(end)
        }
        reserve(held + 1)
        const fitting = part.subarray(0, bytes.length - held)
        bytes.set(fitting, held)
        held += fitting.length
        part = part.subarray(fitting.length)
        if (held < bytes.length) return
        const cut = bytes.lastIndexOf(lf) + 1
        if (cut > 0) giveFirst(cut)
        else if (held > lineBytes) {
          held = lineBytes + 1
          skipping = true
        }
      }
    },
    end() {
      if (held > 0) giveFirst(held)
    },
    forget() {
      rooms.giveBack(bytes)
      bytes = nothing
      held = 0
    },
  }
}

const nothing: Buffer = Buffer.alloc(0)

function linesIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, at + 1)) count += 1
  return count
}
