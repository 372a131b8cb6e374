import type { BufferPool } from './buffer-pool.ts'

const lf = 10

/** Cuts bytes that arrive in pieces of any size into slices of whole lines. */
export interface WholeLineSlices {
  write(chunk: Uint8Array): void
  /** Ends the input: the rest becomes a slice. */
  end(): void
  /** Drops the bytes that have not been given away. */
  forget(): void
}

/**
 * Gives slices away, each with the number of its first line, as soon as they fill a buffer; the receiver returns the buffer. Of a line longer than
 * `lineBytes` only `lineBytes` + 1 bytes are kept.
 */
export function openWholeLineSlices(
  { lineBytes, buffers }: { readonly lineBytes: number; readonly buffers: BufferPool },
  give: (bytes: Uint8Array, firstLine: number) => void,
): WholeLineSlices {
  const state: SlicesState = { buffers, lineBytes, give, bytes: nothing, held: 0, line: 1, skipping: false }
  return {
    write: (chunk) => write(state, chunk),
    end() {
      if (state.held > 0) giveFirst(state, state.held)
    },
    forget() {
      buffers.giveBack(state.bytes)
      state.bytes = nothing
      state.held = 0
    },
  }
}

/** The bytes that have arrived and not been given away. */
interface SlicesState {
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

function write(state: SlicesState, chunk: Uint8Array): void {
  for (let part = chunk; part.length > 0; ) {
    if (state.skipping) {
      const end = part.indexOf(lf)
      if (end < 0) return
      state.skipping = false
      part = part.subarray(end)
    }
    reserve(state, state.held + 1)
    const { bytes } = state
    const fitting = part.subarray(0, bytes.length - state.held)
    bytes.set(fitting, state.held)
    state.held += fitting.length
    part = part.subarray(fitting.length)
    if (state.held < bytes.length) return
    const cut = bytes.lastIndexOf(lf) + 1
    if (cut > 0) giveFirst(state, cut)
    else if (state.held > state.lineBytes) {
      state.held = state.lineBytes + 1
      state.skipping = true
    }
  }
}

function reserve(state: SlicesState, length: number): void {
  const { buffers, bytes, held } = state
  if (length <= bytes.length) return
  const larger =
    length <= buffers.bufferBytes
      ? buffers.take()
      : Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, length))
  larger.set(bytes.subarray(0, held))
  buffers.giveBack(bytes)
  state.bytes = larger
}

function giveFirst(state: SlicesState, length: number): void {
  const { bytes, held, line, buffers } = state
  const rest = bytes.subarray(length, held)
  state.bytes = nothing
  state.held = 0
  reserve(state, rest.length)
  state.bytes.set(rest)
  state.held = rest.length
  const slice = bytes.subarray(0, length)
  state.line += linesIn(slice)
  // A waiting slice should not occupy much more memory than it needs.
  const isSmall = 4 * length < bytes.length
  state.give(isSmall ? Uint8Array.from(slice) : slice, line)
  if (isSmall) buffers.giveBack(bytes)
}

function linesIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, at + 1)) count += 1
  return count
}
