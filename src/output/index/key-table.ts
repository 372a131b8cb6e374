import { type SortedEntries, compareKeys, entryWords, shiftFor, sortEntries } from './key-sort.ts'
import type { IndexStore, StoreFile } from './store.ts'

/** Keys and their places, sorted by key: in memory if there is room, otherwise in a file. */
export interface KeyTable {
  /** Puts the place of the first entry with the key into `place`, and returns whether there is one. */
  find(key: Uint32Array, place: Uint32Array): boolean
  /** All entries, some at a time; each batch overwrites the one before. */
  batches(): Iterable<Uint32Array>
}

/** Adds entries in the order of their places. */
export interface KeyTableBuilder {
  add(a: number, b: number, c: number, segment: number, row: number): void
  finish(): KeyTable
}

/** Begins a table; with `once`, only the first entry of each key is kept. */
export function openKeyTableBuilder(store: IndexStore, once = false): KeyTableBuilder {
  const most = Math.max(entryWords * 16, Math.floor(store.sorting / 16 / entryWords) * entryWords)
  let entries = new Uint32Array(Math.min(most, entryWords * 1024))
  let used = 0
  let room: Uint32Array | undefined
  let file: StoreFile | undefined
  const runs: SortedRun[] = []
  const spill = () => {
    // A table that spills once spills many times.
    room ??= new Uint32Array(entries.length)
    const run = sortedPart(room.subarray(0, used)).entries
    file ??= store.create()
    runs.push({ from: file.append(bytesOf(run)), words: run.length })
    used = 0
  }
  const sortedPart = (into?: Uint32Array): SortedEntries => {
    const all = sortEntries(entries.subarray(0, used), into)
    if (!once) return all
    return sortEntries(distinct(all.entries))
  }
  return {
    add(a, b, c, segment, row) {
      if (used === entries.length) {
        if (used < most) {
          const larger = new Uint32Array(Math.min(most, 2 * used))
          larger.set(entries)
          entries = larger
        } else spill()
      }
      entries[used] = a
      entries[used + 1] = b
      entries[used + 2] = c
      entries[used + 3] = segment
      entries[used + 4] = row
      used += entryWords
    },
    finish() {
      if (!file) {
        const it = sortedPart()
        if (store.take(it.entries.byteLength + it.starts.byteLength)) return inMemory(it)
      }
      if (used > 0) spill()
      entries = new Uint32Array(0)
      room = undefined
      return mergeRuns(runs, file ?? store.create(), { store, once })
    },
  }
}

interface SortedRun {
  readonly from: number
  readonly words: number
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}

function distinct(entries: Uint32Array): Uint32Array {
  let to = 0
  for (let at = 0; at < entries.length; at += entryWords) {
    if (to > 0 && compareKeys(entries, to - entryWords, entries, at) === 0) continue
    entries.copyWithin(to, at, at + entryWords)
    to += entryWords
  }
  return entries.slice(0, to)
}

function inMemory({ entries, starts, shift }: SortedEntries): KeyTable {
  return {
    find(key, place) {
      const bucket = (key[0] ?? 0) >>> shift
      return findIn(entries, starts[bucket] ?? 0, starts[bucket + 1] ?? 0, key, place)
    },
    batches: () => [entries],
  }
}

/** With so few entries left, the search is linear. */
const near = 8

function findIn(
  entries: Uint32Array,
  from: number,
  to: number,
  key: Uint32Array,
  place: Uint32Array,
): boolean {
  let low = from
  let high = to
  while (high - low > near) {
    const middle = (low + high) >>> 1
    if (compareKeys(entries, middle * entryWords, key, 0) < 0) low = middle + 1
    else high = middle
  }
  for (let at = low * entryWords; at < to * entryWords; at += entryWords) {
    const order = compareKeys(entries, at, key, 0)
    if (order > 0) return false
    if (order < 0) continue
    place[0] = entries[at + 3] ?? 0
    place[1] = entries[at + 4] ?? 0
    return true
  }
  return false
}

/** Entries of a block that is read at once. */
const blockEntries = 128
const entryBytes = entryWords * 4

function mergeRuns(
  runs: readonly SortedRun[],
  from: StoreFile,
  { store, once }: { readonly store: IndexStore; readonly once: boolean },
): KeyTable {
  const total = runs.reduce((sum, it) => sum + it.words, 0) / entryWords
  const shift = shiftFor(total, blockEntries)
  // Doubles: there may be more entries than 32 bits count.
  const starts = new Float64Array(2 ** (32 - shift) + 1)
  const to = store.create()
  const room = new Uint32Array(entryWords * 1024)
  let used = 0
  let count = 0
  const flush = () => {
    to.append(bytesOf(room.subarray(0, used)))
    used = 0
  }
  let last: Uint32Array | undefined
  for (const cursor of inOrder(runs, from, store.sorting)) {
    const { words, at } = cursor
    if (once && last && compareKeys(last, 0, words, at) === 0) continue
    if (once) last = words.slice(at, at + entryWords)
    if (used === room.length) flush()
    for (let i = 0; i < entryWords; i += 1) room[used + i] = words[at + i] ?? 0
    const bucket = (words[at] ?? 0) >>> shift
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1
    used += entryWords
    count += 1
  }
  flush()
  from.close()
  for (let i = 1; i < starts.length; i += 1) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0)
  return onDisk(to, { starts, shift, count })
}

/** The position at which a run is being read. */
interface RunCursor {
  words: Uint32Array
  readonly room: Uint8Array
  at: number
  next: number
  readonly end: number
  readonly run: number
}

function* inOrder(runs: readonly SortedRun[], file: StoreFile, memory: number): Generator<RunCursor> {
  const perRun = Math.max(1, Math.floor(memory / 2 / Math.max(1, runs.length) / entryBytes)) * entryBytes
  const fill = (it: RunCursor) => {
    const length = Math.min(perRun, it.end - it.next)
    file.readInto(it.room.subarray(0, length), it.next)
    it.words = new Uint32Array(it.room.buffer, 0, length / 4)
    it.at = 0
    it.next += length
  }
  const heap: RunCursor[] = []
  for (const [run, { from, words }] of runs.entries()) {
    const room = new Uint8Array(Math.min(perRun, 4 * words))
    const it: RunCursor = { words: new Uint32Array(0), room, at: 0, next: from, end: from + 4 * words, run }
    fill(it)
    heap.push(it)
  }
  const before = (a: RunCursor, b: RunCursor) =>
    (compareKeys(a.words, a.at, b.words, b.at) || a.run - b.run) < 0
  const sink = (from: number) => {
    for (let at = from; ; ) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        const [one, other] = [heap[child], heap[least]]
        if (one && other && before(one, other)) least = child
      }
      const [moved, up] = [heap[at], heap[least]]
      if (least === at || !moved || !up) return
      heap[at] = up
      heap[least] = moved
      at = least
    }
  }
  for (let at = heap.length >>> 1; at >= 0; at -= 1) sink(at)
  for (let first = heap[0]; first; first = heap[0]) {
    yield first
    first.at += entryWords
    if (first.at === first.words.length) {
      if (first.next < first.end) fill(first)
      else {
        const last = heap.pop()
        if (last && last !== first) heap[0] = last
      }
    }
    sink(0)
  }
}

const cachedBlocks = 512
/** Entries of a block that fit into memory; a larger block contains a key that occurs very often. */
const mostCached = 2 * blockEntries

function onDisk(
  file: StoreFile,
  { starts, shift, count }: { readonly starts: Float64Array; readonly shift: number; readonly count: number },
): KeyTable {
  // Each block has a slot in the cache, and stays there until another block needs the slot.
  const places = Math.min(cachedBlocks, starts.length)
  const there = new Float64Array(places).fill(-1)
  let blocks = new Uint32Array(0)
  const read = (into: Uint32Array, from: number): Uint32Array => {
    file.readInto(bytesOf(into), from * entryBytes)
    return into
  }
  const cached = (bucket: number, from: number, to: number): number => {
    if (blocks.length === 0) blocks = new Uint32Array(places * mostCached * entryWords)
    const at = (bucket % places) * mostCached
    if (there[bucket % places] !== bucket)
      read(blocks.subarray(at * entryWords, (at + to - from) * entryWords), from)
    there[bucket % places] = bucket
    return at
  }
  const few = new Uint32Array((near + 1) * entryWords)
  return {
    find(key, place) {
      const bucket = (key[0] ?? 0) >>> shift
      let low = starts[bucket] ?? 0
      let high = starts[bucket + 1] ?? 0
      if (high - low <= mostCached) {
        const at = cached(bucket, low, high)
        return findIn(blocks, at, at + high - low, key, place)
      }
      const end = high
      while (high - low > near) {
        const middle = Math.floor((low + high) / 2)
        if (compareKeys(read(few.subarray(0, entryWords), middle), 0, key, 0) < 0) low = middle + 1
        else high = middle
      }
      const left = Math.min(end, low + near + 1) - low
      return findIn(read(few.subarray(0, left * entryWords), low), 0, left, key, place)
    },
    *batches() {
      const room = new Uint32Array(4096 * entryWords)
      for (let at = 0; at < count; at += 4096)
        yield read(room.subarray(0, Math.min(count - at, 4096) * entryWords), at)
    },
  }
}
