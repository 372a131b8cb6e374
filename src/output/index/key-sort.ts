/** Words of an entry: those of a key, and of a place where the key is. */
export const entryWords = 5

/** Whether the entry at `i` of `a` comes before, with or after the one at `j` of `b`, by their keys. */
export function compareKeys(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  for (let at = 0; at < 3; at += 1) {
    const one = a[i + at] ?? 0
    const other = b[j + at] ?? 0
    if (one !== other) return one < other ? -1 : 1
  }
  return 0
}

/** Entries in the order of their keys, those of equal keys in the order given. */
export interface SortedEntries {
  readonly entries: Uint32Array
  /** The entries whose first word, shifted right by `shift`, is n begin at the nth of these; one more is the end. */
  readonly starts: Uint32Array
  readonly shift: number
}

/** How far the first word of a key has to be shifted for buckets of about `size` of `count` entries. */
export function shiftFor(count: number, size: number): number {
  const bits = Math.ceil(Math.log2(Math.max(1, count / size)))
  return 32 - Math.max(1, Math.min(26, bits))
}

/** Sorts entries into room for as many; keys are hashes, so sorting by their first bits leaves little to do. */
export function sortEntries(
  given: Uint32Array,
  entries: Uint32Array = new Uint32Array(given.length),
): SortedEntries {
  const count = given.length / entryWords
  const shift = shiftFor(count, 1)
  const starts = new Uint32Array(2 ** (32 - shift) + 1)
  for (let at = 0; at < given.length; at += entryWords) {
    const bucket = (given[at] ?? 0) >>> shift
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1
  }
  for (let i = 1; i < starts.length; i += 1) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0)
  const next = starts.slice()
  for (let at = 0; at < given.length; at += entryWords) {
    const bucket = (given[at] ?? 0) >>> shift
    const to = next[bucket] ?? 0
    next[bucket] = to + 1
    move(given, at, entries, to * entryWords)
  }
  for (let i = 0; i + 1 < starts.length; i += 1) sortBucket(entries, starts[i] ?? 0, starts[i + 1] ?? 0)
  return { entries, starts, shift }
}

function move(from: Uint32Array, i: number, to: Uint32Array, j: number): void {
  to[j] = from[i] ?? 0
  to[j + 1] = from[i + 1] ?? 0
  to[j + 2] = from[i + 2] ?? 0
  to[j + 3] = from[i + 3] ?? 0
  to[j + 4] = from[i + 4] ?? 0
}

const small = 16
const held = new Uint32Array(entryWords)

function sortBucket(entries: Uint32Array, from: number, to: number): void {
  if (to - from > small) {
    sortLarge(entries, from, to)
    return
  }
  for (let i = from + 1; i < to; i += 1) {
    let at = i * entryWords
    if (compareKeys(entries, at - entryWords, entries, at) <= 0) continue
    move(entries, at, held, 0)
    while (at > from * entryWords && compareKeys(entries, at - entryWords, held, 0) > 0) {
      move(entries, at - entryWords, entries, at)
      at -= entryWords
    }
    move(held, 0, entries, at)
  }
}

// A key that occurs often makes its bucket large.
function sortLarge(entries: Uint32Array, from: number, to: number): void {
  const copy = entries.slice(from * entryWords, to * entryWords)
  const order = Uint32Array.from({ length: to - from }, (_, i) => i * entryWords)
  order.sort((a, b) => compareKeys(copy, a, copy, b) || a - b)
  for (const [i, at] of order.entries()) move(copy, at, entries, (from + i) * entryWords)
}
