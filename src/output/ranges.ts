import { open } from 'node:fs/promises'
import { unreadable } from './slices.ts'

/** A part of a file that begins and ends with a line. */
export interface Range {
  readonly from: number
  readonly to: number
  /** Number of its first line, from 1. */
  readonly firstLine: number
}

const lf = 10
const readBytes = 4 << 20

/** Cuts a file into ranges of whole lines of about `bytes` each, so that several threads may read it. Throws `Unreadable`. */
export async function* rangesOf(path: string, bytes: number): AsyncGenerator<Range> {
  const file = await open(path).catch(unreadable)
  try {
    const room = Buffer.allocUnsafe(readBytes)
    let from = 0
    let firstLine = 1
    let line = 1
    let at = 0
    for (;;) {
      const { bytesRead } = await file.read(room, 0, room.length, at).catch(unreadable)
      if (bytesRead === 0) break
      const part = room.subarray(0, bytesRead)
      for (let end = part.indexOf(lf); end >= 0; end = part.indexOf(lf, end + 1)) {
        line += 1
        const to = at + end + 1
        if (to - from < bytes) continue
        yield { from, to, firstLine }
        from = to
        firstLine = line
      }
      at += bytesRead
    }
    if (at > from) yield { from, to: at, firstLine }
  } finally {
    await file.close()
  }
}
