import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { FileQueue } from './file-queue.ts'
import { bytesAfterGzip } from './gzip-members.ts'
import type { SliceBytes } from './slice.ts'

/** The bytes of a slice cannot be read; the message completes "<file> cannot be read: …". */
export class UnreadableFileError extends Error {}

/** Puts bytes into a buffer and returns their number; 0 is the end. */
export type PullBytes = (buffer: Uint8Array) => number | Promise<number>

/** The bytes of a slice, read once from their beginning. */
export interface ByteSource {
  readonly pull: PullBytes
  close(): void
}

/** Opens the bytes of a slice; throws `UnreadableFileError`, as pulling does. */
export function openByteSource(bytes: Exclude<SliceBytes, { readonly shared: FileQueue }>): ByteSource {
  if ('held' in bytes) return fromMemory(bytes.held)
  if ('path' in bytes) return fromFile(bytes)
  return fromStream('gzip' in bytes ? gunzipped(bytes.gzip) : bytes.stream)
}

function fromMemory(held: Uint8Array): ByteSource {
  let at = 0
  const pull = (buffer: Uint8Array) => {
    const part = held.subarray(at, at + buffer.length)
    buffer.set(part)
    at += part.length
    return part.length
  }
  return { pull, close: () => undefined }
}

function fromFile({ path, to }: { path: string; to: number }): ByteSource {
  const descriptor = openForReading(path)
  let at = 0
  const pull = (buffer: Uint8Array) => {
    const length = readAt(descriptor, buffer.subarray(0, to - at), at)
    at += length
    return length
  }
  return { pull, close: () => closeSync(descriptor) }
}

/** Reads into `buffer` from an offset on and returns the number of bytes; throws `UnreadableFileError`. */
export function readAt(descriptor: number, buffer: Uint8Array, at: number): number {
  try {
    return readSync(descriptor, buffer, 0, buffer.length, at)
  } catch (error) {
    return throwUnreadable(error)
  }
}

// With the default of 16 KiB decoding is slower than judging.
const decodedBytes = 256 << 10

/** Whether the gzip decoder threw an error. */
export function isGzipError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

/** Why gzip data is not decoded; completes "<file> cannot be read: …". Without a path nobody can look at it again. */
export async function gzipProblem(path: string | undefined): Promise<string> {
  if (path === undefined) return 'it is not complete gzip data, or other bytes follow the data'
  const after = await bytesAfterGzip(path)
  if (after === undefined) return 'it is not a complete gzip file'
  const [bytes, follow] = after.count === 1 ? ['byte', 'follows'] : ['bytes', 'follow']
  return `${after.count} ${bytes} ${follow} the end of its gzip data, at offset ${after.at}`
}

async function* gunzipped(path: string): AsyncGenerator<Uint8Array> {
  const raw = createReadStream(path)
  const decoder = createGunzip({ chunkSize: decodedBytes })
  // `pipe` does not forward errors of its source.
  raw.on('error', (error) => decoder.destroy(error))
  try {
    for await (const chunk of raw.pipe(decoder)) yield chunk as Uint8Array
  } catch (error) {
    throwUnreadable(isGzipError(error) ? await gzipProblem(path) : error)
  }
  // The decoder ignores some bytes after the last member.
  if (decoder.bytesWritten !== raw.bytesRead) throwUnreadable(await gzipProblem(path))
}

/** Throws; without a reason in words the file was readable before. */
function throwUnreadable(why: unknown): never {
  throw new UnreadableFileError(
    typeof why === 'string' ? why : 'it no longer exists or is no longer readable',
  )
}

/** Opens a file and returns its descriptor; throws `UnreadableFileError`. */
export function openForReading(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    return throwUnreadable(error)
  }
}

function fromStream(stream: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = stream[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array(0)
  const take = (buffer: Uint8Array) => {
    const part = chunk.subarray(0, buffer.length)
    buffer.set(part)
    chunk = chunk.subarray(part.length)
    return part.length
  }
  const more = async (buffer: Uint8Array) => {
    while (chunk.length === 0) {
      const { done, value } = await iterator.next()
      if (done) return 0
      chunk = value
    }
    return take(buffer)
  }
  return {
    pull: (buffer) => (chunk.length > 0 ? take(buffer) : more(buffer)),
    close: () => void iterator.return?.(),
  }
}
