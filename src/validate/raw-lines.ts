import { isUtf8 } from 'node:buffer'

/** One line as bytes show it, before anybody knows what it is. */
export interface RawLine {
  /** From 1. */
  readonly number: number
  /** Without its LF; bytes that are no UTF-8 are replaced, and what is beyond the limit is left out. */
  readonly text: string
  readonly utf8: boolean
  readonly terminated: boolean
  /** Whether it is longer than the limit. */
  readonly cut: boolean
}

const lf = 10

/** The lines of a file, split at LF and nowhere else; of a line longer than `lineBytes` the beginning. */
export async function* readRawLines(
  chunks: AsyncIterable<Uint8Array>,
  lineBytes: number,
): AsyncGenerator<RawLine> {
  let pending: Uint8Array[] = []
  let length = 0
  let number = 0
  const keep = (part: Uint8Array) => {
    const buffer = Math.max(0, lineBytes - length)
    // A copy: whoever reads the file may use the same memory for the next chunk.
    if (buffer > 0 && part.length > 0) pending.push(Uint8Array.from(part.subarray(0, buffer)))
    length += part.length
  }
  const close = (terminated: boolean): RawLine => {
    const bytes = Buffer.concat(pending)
    number += 1
    const cut = length > lineBytes
    pending = []
    length = 0
    // The limit may fall within a character, which is no fault of the server.
    return { number, text: bytes.toString('utf8'), utf8: cut || isUtf8(bytes), terminated, cut }
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(lf); end >= 0; end = chunk.indexOf(lf, from)) {
      keep(chunk.subarray(from, end))
      yield close(true)
      from = end + 1
    }
    keep(chunk.subarray(from))
  }
  if (length > 0) yield close(false)
}
