import type { ResourceRow } from '../../model/fhir/resource-index.ts'
import { type SegmentHead, type Segment, field, prefixWords, recordWords } from './segment-layout.ts'
import { type SegmentReader, readHead, keyCount, readRow, readSegment } from './segment-reader.ts'
import type { IndexStore, StoreFile } from './store.ts'

/** A stored segment, and its place. */
export interface StoredSegment extends Omit<Segment, 'bytes'> {
  readonly length: number
  readonly at: Uint8Array | { readonly from: number; readonly in: StoreFile }
}

/** Stores segments in the order of their arrival, in memory while there is room. */
export interface SegmentKeeper {
  keep(segment: Segment): StoredSegment
  /** Frees the memory of a segment that was dropped. */
  drop(kept: StoredSegment): void
  /** Closes its file: no segment in it is read any more. */
  close(): void
}

/** What a segment in memory takes besides its bytes. */
const besideBytes = 256
const smallBytes = 4 << 10
const blockBytes = 64 << 10

/** Opens the storage; its file is that of the store. */
export function openSegmentKeeper(store: IndexStore): SegmentKeeper {
  let file: StoreFile | undefined
  let block = new Uint8Array(0)
  let used = 0
  // An array with memory of its own takes more than a segment of one row, and there may be many files.
  const packed = (bytes: Uint8Array) => {
    if (used + bytes.length > block.length) {
      block = new Uint8Array(blockBytes)
      used = 0
    }
    const at = block.subarray(used, used + bytes.length)
    at.set(bytes)
    used += (bytes.length + 7) & ~7
    return at
  }
  return {
    keep({ bytes, file: of, deleted, line, rows }) {
      const stored = (at: StoredSegment['at']) => ({
        file: of,
        deleted,
        line,
        rows,
        length: bytes.length,
        at,
      })
      if (store.take(bytes.length + besideBytes))
        return stored(bytes.length < smallBytes ? packed(bytes) : aligned(bytes))
      file ??= store.create()
      return stored({ from: file.append(bytes), in: file })
    },
    drop({ at, length }) {
      if (at instanceof Uint8Array) store.release(length + besideBytes)
    },
    close() {
      file?.close()
      file = undefined
    },
  }
}

// A segment from a thread may be a part of a larger buffer.
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 && bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice()
}

/** The bytes of a segment. */
export function segmentBytes({ at, length }: StoredSegment): Uint8Array {
  return at instanceof Uint8Array ? at : at.in.read(at.from, length)
}

/** Opens segments one after another; each is valid until the next one is opened. */
export function* segmentReaders(segments: readonly StoredSegment[]): Generator<SegmentReader> {
  let buffer = new Uint8Array(0)
  for (const { at, length } of segments) {
    if (at instanceof Uint8Array) yield readSegment(at)
    else {
      if (length > buffer.length) buffer = new Uint8Array(length)
      const bytes = buffer.subarray(0, length)
      at.in.readInto(bytes, at.from)
      yield readSegment(bytes)
    }
  }
}

const cachedHeads = 512

/** Reads single rows; of segments in files it reads no more than needed. */
export function openRowLookup(
  segments: readonly StoredSegment[],
): (segment: number, row: number) => ResourceRow | undefined {
  const opened = new Map<number, SegmentReader | RowReader>()
  const open = (number: number, kept: StoredSegment): SegmentReader | RowReader => {
    const known = opened.get(number)
    if (known) return known
    const it = kept.at instanceof Uint8Array ? readSegment(kept.at) : openRowReader(kept.at)
    if (opened.size === cachedHeads)
      for (const oldest of [...opened.keys()].slice(0, cachedHeads / 4)) opened.delete(oldest)
    opened.set(number, it)
    return it
  }
  return (number, row) => {
    const kept = segments[number]
    if (!kept) return undefined
    const it = open(number, kept)
    return 'row' in it ? it.row(row) : it.read(row)
  }
}

interface RowReader {
  read(row: number): ResourceRow
}

function openRowReader({ in: file, from }: { readonly in: StoreFile; readonly from: number }): RowReader {
  const [, headBytes = 0, rows = 0] = new Uint32Array(file.read(from, prefixWords * 4).buffer)
  const head: SegmentHead = readHead(file.read(from + prefixWords * 4, headBytes))
  const records = from + prefixWords * 4 + headBytes
  const lists = records + rows * recordWords * 4
  return {
    read(row) {
      const record = file.read(records + row * recordWords * 4, recordWords * 4)
      const words = new Uint32Array(record.buffer)
      const keys = keyCount(words, 0)
      const mine = keys === 0 ? none : file.read(lists + 12 * (words[field.list] ?? 0), 12 * keys)
      return readRow(head, record, mine)
    },
  }
}

const none = new Uint8Array(0)
