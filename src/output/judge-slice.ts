import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { OutputFile } from '../model/http/exchange.ts'
import type { Prover } from '../prover/proof.ts'
import type { LinePass } from './line-pass.ts'
import { type FileQueue, takeNextPart } from './file-queue.ts'

/** Whole lines of one file, in their order. */
export interface LineSlice {
  readonly file: OutputFile
  /** Number of its first line, from 1. */
  readonly firstLine: number
  readonly bytes: SliceBytes
}

/** Where the bytes of a slice are: here, in a file, or still to come. */
export type SliceBytes =
  | { readonly held: Uint8Array }
  | { readonly path: string; readonly to: number }
  /** The next lines of a file that several threads read, about so many bytes of it. */
  | { readonly shared: FileQueue; readonly most: number }
  | { readonly gzip: string }
  | { readonly stream: AsyncIterable<Uint8Array> }

/** The bytes of a slice cannot be had; the message completes "<file> cannot be read: …". */
export class UnreadableFileError extends Error {}

/** Puts bytes into the room given and says how many; 0 is the end. */
type PullBytes = (room: Uint8Array) => number | Promise<number>

/** Says to all threads that no more is to be judged, once it holds another byte than 0. It lies in memory that they share. */
export type HaltSignal = Uint8Array<SharedArrayBuffer>

/** Signals and messages have a turn after so many bytes. */
const turnBytes = 8 << 20
let sinceTurn = 0

/** Feeds a slice to a pass, as much at a time as the prover takes. Resolves to whether it came to its end before a halt. */
export async function judgeSlice(
  slice: LineSlice,
  pass: LinePass,
  {
    prover,
    lineBytes,
    halt,
    onTurn,
  }: {
    readonly prover: Prover
    readonly lineBytes: number
    readonly halt?: HaltSignal
    /** Called now and then. */
    readonly onTurn?: () => void
  },
): Promise<boolean> {
  if (halt?.[0]) return false
  const { file, bytes } = slice
  if ('shared' in bytes)
    return judgeShared(file, bytes, pass, { prover, lineBytes, ...(halt ? { halt } : {}) })
  const source = openByteSource(bytes)
  let line = slice.firstLine
  let held = 0
  try {
    for (let ended = false; !ended; ) {
      while (held < prover.input.length && !ended) {
        const coming = source.pull(prover.input.subarray(held))
        const came = typeof coming === 'number' ? coming : await coming
        held += came
        ended = came === 0
      }
      if (halt?.[0]) return false
      const cut = ended ? held : prover.input.subarray(0, held).lastIndexOf(lf) + 1
      if (cut > 0) {
        // What lies behind the lines that are judged does not survive it.
        const rest = Uint8Array.from(prover.input.subarray(cut, held))
        line += pass.judge(cut, file, line)
        prover.input.set(rest)
        held = rest.length
      } else if (!ended) {
        const it = await restOfLine(prover.input, source.pull, lineBytes)
        pass.judgeLongLine(it.bytes, it.cut, file, line)
        sinceTurn += it.bytes.length
        line += 1
        held = it.rest.length
        prover.input.set(it.rest)
        ended = it.ended && held === 0
      }
      sinceTurn += cut
      if (sinceTurn < turnBytes) continue
      sinceTurn = 0
      onTurn?.()
      await new Promise((resume) => setImmediate(resume))
    }
    return true
  } finally {
    source.close()
  }
}

const lf = 10

async function judgeShared(
  file: OutputFile,
  { shared, most }: { readonly shared: FileQueue; readonly most: number },
  pass: LinePass,
  {
    prover,
    lineBytes,
    halt,
  }: { readonly prover: Prover; readonly lineBytes: number; readonly halt?: HaltSignal },
): Promise<boolean> {
  const descriptor = openForReading(shared.path)
  const read = (room: Uint8Array, at: number) =>
    readAt(descriptor, room.subarray(0, Math.max(0, shared.to - at)), at)
  try {
    for (let taken = 0; taken < most; ) {
      const it = await takeNextPart(shared, (from) => nextLines(read, from, { prover, lineBytes }))
      if (it.length === 0) break
      if (halt?.[0]) return false
      if (it.long) pass.judgeLongLine(it.long.bytes, it.long.cut, file, it.firstLine)
      else pass.judge(it.length, file, it.firstLine)
      taken += it.length
    }
    return true
  } finally {
    closeSync(descriptor)
  }
}

/** Puts the whole lines of a file that begin at `from` into the prover's input, as many as fit, or reads one that does not fit. */
async function nextLines(
  readFrom: (room: Uint8Array, at: number) => number,
  from: number,
  { prover, lineBytes }: { readonly prover: Prover; readonly lineBytes: number },
) {
  const { input } = prover
  let read = 0
  const pull = (room: Uint8Array) => {
    const came = readFrom(room, from + read)
    read += came
    return came
  }
  let held = 0
  let ended = false
  while (held < input.length && !ended) {
    const came = pull(input.subarray(held))
    held += came
    ended = came === 0
  }
  const length = ended ? held : input.subarray(0, held).lastIndexOf(lf) + 1
  if (length > 0) return { length, lines: prover.countLineFeeds(length) }
  if (ended) return { length: 0, lines: 0 }
  const long = await restOfLine(input, pull, lineBytes)
  return { length: read - long.rest.length, lines: 1, long }
}

/** The beginning of a line that fills the input is known; reads on to its end, and keeps no more of it than may be read. */
async function restOfLine(input: Buffer, pull: PullBytes, lineBytes: number) {
  const kept = [Uint8Array.from(input)]
  let length = input.length
  const room = new Uint8Array(input.length)
  for (;;) {
    const came = await pull(room)
    const end = room.subarray(0, came).indexOf(lf)
    const mine = room.subarray(0, end < 0 ? came : end)
    if (length < lineBytes) kept.push(Uint8Array.from(mine.subarray(0, lineBytes - length)))
    length += mine.length
    if (end < 0 && came > 0) continue
    const bytes = Buffer.concat(kept).subarray(0, lineBytes)
    const rest = end < 0 ? room.subarray(0, 0) : room.slice(end + 1, came)
    return { bytes, cut: length > lineBytes, rest, ended: came === 0 }
  }
}

interface ByteSource {
  readonly pull: PullBytes
  close(): void
}

function openByteSource(bytes: Exclude<SliceBytes, { readonly shared: FileQueue }>): ByteSource {
  if ('held' in bytes) return fromMemory(bytes.held)
  if ('path' in bytes) return fromFile(bytes)
  return fromStream('gzip' in bytes ? gunzipped(bytes.gzip) : bytes.stream)
}

function fromMemory(held: Uint8Array): ByteSource {
  let at = 0
  const pull = (room: Uint8Array) => {
    const part = held.subarray(at, at + room.length)
    room.set(part)
    at += part.length
    return part.length
  }
  return { pull, close: () => undefined }
}

function fromFile({ path, to }: { path: string; to: number }): ByteSource {
  const descriptor = openForReading(path)
  let at = 0
  const pull = (room: Uint8Array) => {
    const came = readAt(descriptor, room.subarray(0, to - at), at)
    at += came
    return came
  }
  return { pull, close: () => closeSync(descriptor) }
}

function readAt(descriptor: number, room: Uint8Array, at: number): number {
  try {
    return readSync(descriptor, room, 0, room.length, at)
  } catch (error) {
    return throwUnreadable(error)
  }
}

// With the default of 16 KiB decoding is slower than judging.
const decodedBytes = 256 << 10
const noGzip = 'it is no whole gzip file'

async function* gunzipped(path: string): AsyncGenerator<Uint8Array> {
  const raw = createReadStream(path)
  const decoder = createGunzip({ chunkSize: decodedBytes })
  // `pipe` does not hand on what goes wrong before it.
  raw.on('error', (error) => decoder.destroy(error))
  try {
    for await (const chunk of raw.pipe(decoder)) yield chunk as Uint8Array
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throwUnreadable(code.startsWith('Z_') ? noGzip : error)
  }
  // It passes over what follows the last member.
  if (decoder.bytesWritten !== raw.bytesRead) throwUnreadable(noGzip)
}

/** Throws `Unreadable`; unless there is a reason, for what a look at the file did not tell. */
export function throwUnreadable(why: unknown): never {
  throw new UnreadableFileError(
    typeof why === 'string' ? why : 'it is no longer there, or no longer readable',
  )
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    return throwUnreadable(error)
  }
}

function fromStream(stream: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = stream[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array(0)
  const take = (room: Uint8Array) => {
    const part = chunk.subarray(0, room.length)
    room.set(part)
    chunk = chunk.subarray(part.length)
    return part.length
  }
  const more = async (room: Uint8Array) => {
    while (chunk.length === 0) {
      const { done, value } = await iterator.next()
      if (done) return 0
      chunk = value
    }
    return take(room)
  }
  return {
    pull: (room) => (chunk.length > 0 ? take(room) : more(room)),
    close: () => void iterator.return?.(),
  }
}
