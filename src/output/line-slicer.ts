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
 * Gives slices away, each with the number of its first line, as soon as they fill a buffer: whoever gets one gives the buffer back. Of a line longer than
 * `lineBytes` the beginning is kept, and one byte more.
 */
export function openSlicer(
  { lineBytes, buffers }: { readonly lineBytes: number; readonly buffers: BufferPool },
  give: (bytes: Uint8Array, firstLine: number) => void,
): Slicer {
  const slicing: SlicerState = { buffers, lineBytes, give, bytes: nothing, held: 0, line: 1, skipping: false }
  return {
    write: (chunk) => write(slicing, chunk),
    end() {
      if (slicing.held > 0) giveFirst(slicing, slicing.held)
    },
    forget() {
      buffers.giveBack(slicing.bytes)
      slicing.bytes = nothing
      slicing.held = 0
    },
  }
}

/** What has come and has not been given away. */
interface SlicerState {
  readonly buffers: BufferPool
  readonly lineBytes: number
  readonly give: (bytes: Uint8Array, firstLine: number) => void
  bytes: Buffer
  /** How many of `bytes` are in use. */
  held: number
  /** Number of the first line in `bytes`. */
  line: number
  /** The rest of a line that is too long is being skipped. */
  skipping: boolean
}

const nothing: Buffer = Buffer.alloc(0)

function write(slicing: SlicerState, chunk: Uint8Array): void {
  for (let part = chunk; part.length > 0; ) {
    if (slicing.skipping) {
      const end = part.indexOf(lf)
      if (end < 0) return
      slicing.skipping = false
      part = part.subarray(end)
    }
    reserve(slicing, slicing.held + 1)
    const { bytes } = slicing
    const fitting = part.subarray(0, bytes.length - slicing.held)
    bytes.set(fitting, slicing.held)
    slicing.held += fitting.length
    part = part.subarray(fitting.length)
    if (slicing.held < bytes.length) return
    const cut = bytes.lastIndexOf(lf) + 1
    if (cut > 0) giveFirst(slicing, cut)
    else if (slicing.held > slicing.lineBytes) {
      slicing.held = slicing.lineBytes + 1
      slicing.skipping = true
    }
  }
}

function reserve(slicing: SlicerState, length: number): void {
  const { buffers, bytes, held } = slicing
  if (length <= bytes.length) return
  const larger =
    length <= buffers.bufferBytes
      ? buffers.take()
      : Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, length))
  larger.set(bytes.subarray(0, held))
  buffers.giveBack(bytes)
  slicing.bytes = larger
}

function giveFirst(slicing: SlicerState, length: number): void {
  const { bytes, held, line, buffers } = slicing
  const rest = bytes.subarray(length, held)
  slicing.bytes = nothing
  slicing.held = 0
  reserve(slicing, rest.length)
  slicing.bytes.set(rest)
  slicing.held = rest.length
  const slice = bytes.subarray(0, length)
  slicing.line += linesIn(slice)
  // What waits should not take much more room than it needs.
  const isSmall = 4 * length < bytes.length
  slicing.give(isSmall ? Uint8Array.from(slice) : slice, line)
  if (isSmall) buffers.giveBack(bytes)
}

function linesIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, at + 1)) count += 1
  return count
}
