import { closeSync } from 'node:fs'
import type { OutputFile } from '../model/http/exchange.ts'
import type { Prover } from '../prover/proof.ts'
import { type PullBytes, openByteSource, openForReading, readAt } from './byte-source.ts'
import { type FileQueue, takeNextPart } from './file-queue.ts'
import type { LinePass } from './lines/line-pass.ts'
import type { HaltSignal, LineSlice } from './slice.ts'

/** After this many bytes, signals and messages get a turn. */
const turnBytes = 8 << 20
/** After this many slices as well: many small files take time too. */
const turnSlices = 128
let slicesSinceTurn = 0
let sinceTurn = 0

/** Feeds a slice to a pass, in blocks that fit the prover. Resolves to whether it reached the end before a halt. */
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
        const pulled = source.pull(prover.input.subarray(held))
        const length = typeof pulled === 'number' ? pulled : await pulled
        held += length
        ended = length === 0
      }
      if (halt?.[0]) return false
      const cut = ended ? held : prover.input.subarray(0, held).lastIndexOf(lf) + 1
      if (cut > 0) {
        // Judging overwrites the bytes behind the judged lines.
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
      slicesSinceTurn = 0
      await new Promise((resume) => setImmediate(resume))
    }
    slicesSinceTurn += 1
    if (slicesSinceTurn < turnSlices) return true
    slicesSinceTurn = 0
    await new Promise((resume) => setImmediate(resume))
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
  const read = (buffer: Uint8Array, at: number) =>
    readAt(descriptor, buffer.subarray(0, Math.max(0, shared.to - at)), at)
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
  readFrom: (buffer: Uint8Array, at: number) => number,
  from: number,
  { prover, lineBytes }: { readonly prover: Prover; readonly lineBytes: number },
) {
  const { input } = prover
  let read = 0
  const pull = (buffer: Uint8Array) => {
    const count = readFrom(buffer, from + read)
    read += count
    return count
  }
  let held = 0
  let ended = false
  while (held < input.length && !ended) {
    const count = pull(input.subarray(held))
    held += count
    ended = count === 0
  }
  const length = ended ? held : input.subarray(0, held).lastIndexOf(lf) + 1
  if (length > 0) return { length, lines: prover.countLineFeeds(length) }
  if (ended) return { length: 0, lines: 0 }
  const long = await restOfLine(input, pull, lineBytes)
  return { length: read - long.rest.length, lines: 1, long }
}

/** Reads on to the end of a line whose beginning fills the input, and keeps no more of it than the limit. */
async function restOfLine(input: Buffer, pull: PullBytes, lineBytes: number) {
  const kept = [Uint8Array.from(input)]
  let length = input.length
  const buffer = new Uint8Array(input.length)
  for (;;) {
    const count = await pull(buffer)
    const end = buffer.subarray(0, count).indexOf(lf)
    const part = buffer.subarray(0, end < 0 ? count : end)
    if (length < lineBytes) kept.push(Uint8Array.from(part.subarray(0, lineBytes - length)))
    length += part.length
    if (end < 0 && count > 0) continue
    const bytes = Buffer.concat(kept).subarray(0, lineBytes)
    const rest = end < 0 ? buffer.subarray(0, 0) : buffer.slice(end + 1, count)
    return { bytes, cut: length > lineBytes, rest, ended: count === 0 }
  }
}
