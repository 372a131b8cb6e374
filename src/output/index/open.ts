import { keyWords } from '../../model/key.ts'
import type { DeletedRow, KeySet, ResourceIndex } from '../../model/rows.ts'
import { type KeyTable, buildKeys } from './keys.ts'
import { field, recordWords } from './layout.ts'
import { type Kept, readers, rowsAnywhere } from './segments.ts'
import { compareKeys, entryWords } from './sort.ts'
import type { IndexStore } from './store.ts'

/** Keys that came not long ago need not be looked up again: it is the same few that most references are to. */
const recent = 1 << 12

/** What an index says besides its rows. */
export interface Described {
  readonly exchangeOf: (file: number) => number
  readonly queries: readonly string[]
  readonly transactionTime?: number
}

/** Opens an index of segments, given in any order. */
export function openIndex(given: readonly Kept[], store: IndexStore, described: Described): ResourceIndex {
  const inOrder = [...given].sort((a, b) => a.file - b.file || a.line - b.line)
  const segments = inOrder.filter((it) => !it.deleted)
  const gone = inOrder.filter((it) => it.deleted)
  const rowAt = rowsAnywhere(segments)
  const place = new Uint32Array(2)
  const wanted = new Uint32Array(3)
  const lately = new Array<string>(recent)
  let table: KeyTable | undefined
  let differ: boolean | undefined
  const keys = () => {
    table ??= tableOf(segments, store)
    return table
  }
  const found = (key: string) => {
    keyWords(key, wanted, 0)
    return keys().find(wanted, place)
  }
  return {
    ...described,
    size: segments.reduce((sum, it) => sum + it.rows, 0),
    *rows() {
      for (const it of readers(segments)) for (let at = 0; at < it.rows; at += 1) yield it.row(at)
    },
    *deleted(): Generator<DeletedRow> {
      for (const it of readers(gone)) for (let at = 0; at < it.rows; at += 1) yield it.deletedRow(at)
    },
    has(key) {
      keyWords(key, wanted, 0)
      const slot = (wanted[0] ?? 0) & (recent - 1)
      if (lately[slot] === key) return true
      const is = keys().find(wanted, place)
      if (is) lately[slot] = key
      return is
    },
    get: (key) => (found(key) ? rowAt(place[0] ?? 0, place[1] ?? 0) : undefined),
    *repeated() {
      differ ??= allDiffer(segments, store)
      if (differ) return
      for (const [one, first] of pairs(keys())) {
        const row = rowAt(one[0], one[1])
        const earlier = rowAt(first[0], first[1])
        if (row && earlier) yield [row, earlier] as const
      }
    },
    setOf: (all) => setOf(all, store),
    lacking: (all) => lacking(tableOfKeys(all, store), keys(), store),
  }
}

function tableOf(segments: readonly Kept[], store: IndexStore): KeyTable {
  const builder = buildKeys(store)
  let number = 0
  for (const { records, rows } of readers(segments)) {
    for (let row = 0; row < rows; row += 1) {
      const at = row * recordWords + field.key
      builder.add(records[at] ?? 0, records[at + 1] ?? 0, records[at + 2] ?? 0, number, row)
    }
    number += 1
  }
  return builder.finish()
}

/** Whether no two rows have the same key, where memory allows to tell without a table of them: mostly none have. */
function allDiffer(segments: readonly Kept[], store: IndexStore): boolean {
  const rows = segments.reduce((sum, it) => sum + it.rows, 0)
  const share = powerOfTwo((rows * pairWords * Uint32Array.BYTES_PER_ELEMENT * 1.1) / store.sorting)
  if (share > mostPasses) return false
  // Parts of the keys have a table each, which stays in the cache of a core.
  const parts = Math.min(256, powerOfTwo(rows / share / rowsOfPart))
  const expected = rows / share / parts
  // So far from what is expected no part of evenly spread keys is.
  const room = Math.ceil(expected + 8 * Math.sqrt(expected) + 8)
  const keys = new Uint32Array(pairWords * room * parts)
  const held = new Uint32Array(parts)
  // Half of the slots stay empty, so that a free one is near.
  const table = new Uint32Array(pairWords * powerOfTwo(2 * room))
  for (let pass = 0; pass < share; pass += 1) {
    held.fill(0)
    for (const { records, rows: mine } of readers(segments))
      for (let row = 0; row < mine; row += 1) {
        const key = row * recordWords + field.key
        const third = records[key + 2] ?? 0
        if ((third & (share - 1)) !== pass) continue
        const part = (third >>> 16) & (parts - 1)
        const there = held[part] ?? 0
        if (there === room) return false
        held[part] = there + 1
        keys[pairWords * (part * room + there)] = records[key] ?? 0
        keys[pairWords * (part * room + there) + 1] = records[key + 1] ?? 0
      }
    for (const [part, many] of held.entries()) {
      const from = pairWords * part * room
      if (!areNew(table, keys.subarray(from, from + pairWords * many))) return false
    }
  }
  return true
}

const pairWords = 2
/** Most times that segments are gone through to find no key twice. */
const mostPasses = 4
const rowsOfPart = 8 << 10

/** The smallest power of two that is not less, and at least 1. */
function powerOfTwo(least: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(least)))
}

function areNew(table: Uint32Array, keys: Uint32Array): boolean {
  table.fill(0)
  for (let at = 0; at < keys.length; at += pairWords)
    if (!putNew(table, keys[at] ?? 0, keys[at + 1] ?? 0)) return false
  return true
}

/** Puts 63 bits of a key into a table of pairs; whether they are new. A bit that is always set tells them from an empty slot. */
function putNew(table: Uint32Array, a: number, b: number): boolean {
  const mark = (b | 1) >>> 0
  const mask = table.length - 1
  for (let at = (a * 2) & mask; ; at = (at + 2) & mask) {
    const there = table[at + 1]
    if (there === 0) {
      table[at] = a
      table[at + 1] = mark
      return true
    }
    if (there === mark && table[at] === a) return false
  }
}

type Place = readonly [segment: number, row: number]

/** Entries with the key of an entry before, with the first of them. */
function* pairs(table: KeyTable): Generator<readonly [Place, Place]> {
  const first = new Uint32Array(entryWords)
  let any = false
  for (const entries of table.batches()) {
    for (let at = 0; at < entries.length; at += entryWords) {
      if (any && compareKeys(first, 0, entries, at) === 0)
        yield [
          [entries[at + 3] ?? 0, entries[at + 4] ?? 0],
          [first[3] ?? 0, first[4] ?? 0],
        ]
      else first.set(entries.subarray(at, at + entryWords))
      any = true
    }
  }
}

function tableOfKeys(keys: Iterable<string>, store: IndexStore): KeyTable {
  const builder = buildKeys(store, true)
  const words = new Uint32Array(3)
  const lately = new Array<string>(recent)
  for (const key of keys) {
    keyWords(key, words, 0)
    const at = (words[0] ?? 0) & (recent - 1)
    if (lately[at] === key) continue
    lately[at] = key
    builder.add(words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, 0, 0)
  }
  return builder.finish()
}

function setOf(keys: Iterable<string>, store: IndexStore): KeySet {
  return among(tableOfKeys(keys, store))
}

function among(table: KeyTable): KeySet {
  const words = new Uint32Array(3)
  const place = new Uint32Array(2)
  return {
    has(key) {
      keyWords(key, words, 0)
      return table.find(words, place)
    },
  }
}

/** The keys of a table that another has not: both are gone through once, in their order. */
function lacking(asked: KeyTable, held: KeyTable, store: IndexStore): KeySet & { readonly size: number } {
  const builder = buildKeys(store, true)
  const others = entriesOf(held)
  let other = others.next()
  let size = 0
  for (const { words, at } of entriesOf(asked)) {
    while (!other.done && compareKeys(other.value.words, other.value.at, words, at) < 0) other = others.next()
    if (!other.done && compareKeys(other.value.words, other.value.at, words, at) === 0) continue
    builder.add(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, 0, 0)
    size += 1
  }
  return { ...among(builder.finish()), size }
}

function* entriesOf(table: KeyTable): Generator<{ readonly words: Uint32Array; readonly at: number }> {
  const entry: { words: Uint32Array; at: number } = { words: new Uint32Array(0), at: 0 }
  for (const words of table.batches()) {
    entry.words = words
    for (entry.at = 0; entry.at < words.length; entry.at += entryWords) yield entry
  }
}
