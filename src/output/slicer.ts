const usualBytes = 4 << 20
const leastBytes = 16 << 10
const lf = 10

/** Cuts what comes in pieces of any size into slices of whole lines. */
export interface Slicer {
  write(chunk: Uint8Array): void
  /** Nothing more comes: the rest is a slice. */
  end(): void
  /** What has not been given away is forgotten. */
  forget(): void
}

/** Gives slices away as soon as they are large enough, each with the number of its first line. Of a line longer than `lineBytes` the beginning is kept, and one byte more. */
export function openSlicer(
  limits: {
    readonly lineBytes: number
    /** From how many bytes on a slice is given away. */
    readonly sliceBytes?: number
  },
  give: (bytes: Uint8Array, firstLine: number) => void,
): Slicer {
  const { lineBytes, sliceBytes = usualBytes } = limits
  let bytes = Buffer.allocUnsafeSlow(0)
  let held = 0
  let line = 1
  let skipping = false

  const hold = (part: Uint8Array) => {
    if (held + part.length > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(leastBytes, 2 * bytes.length, held + part.length))
      larger.set(bytes.subarray(0, held))
      bytes = larger
    }
    bytes.set(part, held)
    held += part.length
  }
  const giveFirst = (length: number) => {
    const rest = bytes.subarray(length, held)
    const slice = bytes.subarray(0, length)
    const first = line
    line += linesIn(slice)
    bytes = Buffer.allocUnsafeSlow(0)
    held = 0
    if (rest.length > 0) hold(rest)
    give(slice, first)
  }
  return {
    write(chunk) {
      let part = chunk
      if (skipping) {
        const end = part.indexOf(lf)
        if (end < 0) return
        skipping = false
        part = part.subarray(end)
      }
      hold(part)
      if (held < sliceBytes) return
      const cut = bytes.subarray(0, held).lastIndexOf(lf) + 1
      if (cut > 0) giveFirst(cut)
      if (held <= lineBytes) return
      held = lineBytes + 1
      skipping = true
    },
    end() {
      if (held > 0) giveFirst(held)
    },
    forget() {
      bytes = Buffer.allocUnsafeSlow(0)
      held = 0
    },
  }
}

function linesIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, at + 1)) count += 1
  return count
}
