import { field, recordWords } from './segment-layout.ts'
import { type StoredSegment, segmentReaders } from './stored-segments.ts'
import type { IndexStore, StoreFile } from './store.ts'

/** Whether no two rows have the same key. Usually none have, and finding that out is faster than a table of all keys. Compares 63 bits of each key. */
export function allKeysDistinct(segments: readonly StoredSegment[], store: IndexStore): boolean {
  const rows = segments.reduce((sum, it) => sum + it.rows, 0)
  const parts = Math.min(mostParts, powerOfTwo(rows / keysOfPart))
  const sorter = openKeySorter(parts, store, rows)
  for (const { records, rows: mine } of segmentReaders(segments))
    for (let row = 0; row < mine; row += 1) {
      const key = row * recordWords + field.key
      // A bit that is always set distinguishes a key from an empty slot.
      sorter.add(
        ((records[key + 2] ?? 0) >>> 8) & (parts - 1),
        records[key] ?? 0,
        (records[key + 1] ?? 0) | 1,
      )
    }
  let table = new Uint32Array(0)
  for (let part = 0; part < parts; part += 1) {
    // Half of the slots stay empty, so that a free one is near.
    const words = pairWords * powerOfTwo(2 * sorter.held(part) + 1)
    table = table.length < words ? new Uint32Array(words) : table.fill(0)
    for (const keys of sorter.keysOf(part)) if (!putAll(table, keys)) return false
  }
  return true
}

const pairWords = 2
const pairBytes = pairWords * Uint32Array.BYTES_PER_ELEMENT
/** The table of a part stays in the cache of a core. */
const keysOfPart = 8 << 10
const mostParts = 256

/** Sorts keys into parts, on disk once there is no room for them. */
interface KeySorter {
  add(part: number, a: number, b: number): void
  /** Number of keys in each part. */
  held(part: number): number
  keysOf(part: number): Generator<Uint32Array>
}

function openKeySorter(parts: number, store: IndexStore, rows: number): KeySorter {
  const most = Math.max(1, Math.floor((store.sorting * 0.75) / pairBytes / parts))
  // A full part goes to a file, so one place stays free.
  const room = Math.min(most, rows + 1)
  const keys = new Uint32Array(pairWords * room * parts)
  const waiting = new Uint32Array(parts)
  const spilled = Array.from({ length: parts }, (): number[] => [])
  let file: StoreFile | undefined
  const waitingOf = (part: number) =>
    keys.subarray(pairWords * room * part, pairWords * (room * part + (waiting[part] ?? 0)))
  return {
    add(part, a, b) {
      const there = waiting[part] ?? 0
      const at = pairWords * (room * part + there)
      keys[at] = a
      keys[at + 1] = b
      waiting[part] = there + 1
      if (there + 1 < room) return
      file ??= store.create()
      const { buffer, byteOffset, byteLength } = waitingOf(part)
      spilled[part]?.push(file.append(new Uint8Array(buffer, byteOffset, byteLength)))
      waiting[part] = 0
    },
    held: (part) => room * (spilled[part]?.length ?? 0) + (waiting[part] ?? 0),
    *keysOf(part) {
      for (const from of spilled[part] ?? [])
        if (file) yield new Uint32Array(file.read(from, pairBytes * room).buffer)
      yield waitingOf(part)
    },
  }
}

/** The smallest power of two that is at least `least`, and at least 1. */
function powerOfTwo(least: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(least)))
}

/** Puts keys into a table of pairs; returns whether all are new. */
function putAll(table: Uint32Array, keys: Uint32Array): boolean {
  const mask = table.length - 1
  for (let it = 0; it < keys.length; it += pairWords) {
    const a = keys[it] ?? 0
    const b = keys[it + 1] ?? 0
    let at = (a * pairWords) & mask
    while (table[at + 1] !== 0) {
      if (table[at + 1] === b && table[at] === a) return false
      at = (at + pairWords) & mask
    }
    table[at] = a
    table[at + 1] = b
  }
  return true
}
