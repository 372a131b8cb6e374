import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { fileErrorReason } from '../storage/file-error.ts'
import type { SliceBytes } from '../output/slice.ts'
import { gzipProblem, isGzipError, UnreadableFileError } from '../output/byte-source.ts'
import { type FileSource, isGzip } from './find-files.ts'

/** The bytes of a file, decompressed if they are gzip, whatever its name. Throws `Unreadable`. */
export async function* decompressedBytes(source: FileSource): AsyncGenerator<Uint8Array> {
  try {
    const chunks = source.raw()[Symbol.asyncIterator]()
    const head = await atLeast(chunks, 2)
    if (isGzip(head)) yield* gunzipBytes(withHead(head, chunks))
    else yield* withHead(head, chunks)
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error
    throw new UnreadableFileError(
      isGzipError(error) ? await gzipProblem(source.path) : fileErrorReason(error),
    )
  }
}

async function* gunzipBytes(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let fed = 0
  const whole = async function* () {
    for await (const chunk of bytes) {
      fed += chunk.length
      yield chunk
    }
  }
  // An error before the decoder ends reaches the reader.
  const decoder = pipeline(Readable.from(whole(), { objectMode: false }), createGunzip(), () => undefined)
  for await (const chunk of decoder) yield chunk as Uint8Array
  // The decoder ignores what follows the last member.
  if (decoder.bytesWritten !== fed)
    throw Object.assign(new Error('bytes follow the gzip data'), { code: 'Z_DATA_ERROR' })
}

async function atLeast(chunks: AsyncIterator<Uint8Array>, length: number): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < length) {
    const { done, value } = await chunks.next()
    if (done) break
    head = head.length === 0 ? value : Buffer.concat([head, value])
  }
  return head
}

async function* withHead(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head
    for (let it = await rest.next(); !it.done; it = await rest.next()) yield it.value
  } finally {
    await rest.return?.()
  }
}

/** The bytes of a file to judge: its path where that is possible, so that threads can share it; other bytes end at the signal. */
export function slicesOf(source: FileSource, signal?: AbortSignal): SliceBytes {
  const { path, gzip, size } = source
  if (path !== undefined && gzip) return { gzip: path }
  if (path !== undefined && size !== undefined) return { path, to: size }
  return { stream: signal ? untilAborted(signal, decompressedBytes(source)) : decompressedBytes(source) }
}

/** Bytes until a signal, which ends them at once. */
async function* untilAborted(
  signal: AbortSignal,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]()
  const next = () =>
    new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      const end = () => resolve({ done: true, value: undefined })
      if (signal.aborted) return end()
      signal.addEventListener('abort', end, { once: true })
      iterator
        .next()
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', end))
    })
  try {
    for (let it = await next(); !it.done; it = await next()) yield it.value
    await signalsDelivered()
  } catch (error) {
    await signalsDelivered()
    if (!signal.aborted) throw error
  } finally {
    void iterator.return?.()
  }
}

/** Ctrl-C also ends the program that writes into a pipe, perhaps in the middle of a line: the signal must be known before the last line is judged. */
async function signalsDelivered(): Promise<void> {
  // The end may arrive together with the bytes before it, and the signal after both.
  for (const _ of [1, 2]) await new Promise((resume) => setImmediate(resume))
}
