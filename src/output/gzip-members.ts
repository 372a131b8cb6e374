import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { createInflateRaw } from 'node:zlib'

/** Bytes that follow the gzip data of a file. */
interface BytesAfterGzip {
  readonly count: number
  /** Their offset in the file, from 0. */
  readonly at: number
}

/** The bytes that follow the complete gzip data of a file (RFC 1952: members, one after another); `undefined` if there are none, or the data is damaged. */
export async function bytesAfterGzip(path: string): Promise<BytesAfterGzip | undefined> {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    let end = 0
    for (let begin = headerEnd(file, 0); begin !== undefined; begin = headerEnd(file, end)) {
      const length = await deflatedLength(path, begin)
      end = begin + (length ?? size) + trailerBytes
      if (end > size) return undefined
    }
    return end > 0 && end < size ? { count: size - end, at: end } : undefined
  } catch {
    return undefined
  } finally {
    closeSync(file)
  }
}

/** Checksum and length of a member. */
const trailerBytes = 8
const longestHeader = 256 << 10

/** Where the compressed data of the member begins whose header begins at an offset; `undefined` if there is no header. */
function headerEnd(descriptor: number, from: number): number | undefined {
  const header = Buffer.alloc(longestHeader)
  const held = header.subarray(0, readSync(descriptor, header, 0, header.length, from))
  if (held.length < 10 || held[0] !== 0x1f || held[1] !== 0x8b || held[2] !== 8) return undefined
  const flags = held[3] ?? 0
  let at = 10
  if (flags & 4) at += 2 + held.readUInt16LE(at)
  // A name, and then a comment.
  for (const flag of [8, 16]) if (flags & flag) at = held.indexOf(0, at) + 1
  if (flags & 2) at += 2
  return from + at
}

/** The length of the compressed data from an offset on; `undefined` if it is damaged or has no end. */
function deflatedLength(path: string, start: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const raw = createReadStream(path, { start })
    const decoder = createInflateRaw()
    const end = (length: number | undefined) => {
      raw.destroy()
      decoder.destroy()
      resolve(length)
    }
    raw.on('error', () => end(undefined))
    decoder.on('error', () => end(undefined))
    decoder.on('end', () => end(decoder.bytesWritten))
    raw.pipe(decoder).resume()
  })
}
