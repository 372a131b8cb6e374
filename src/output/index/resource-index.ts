import { keyWords } from '../../model/fhir/resource-key.ts'
import type { DeletedRow, KeySet, ResourceIndex } from '../../model/fhir/resource-index.ts'
import { type KeyTable, openKeyTableBuilder } from './key-table.ts'
import { allKeysDistinct } from './distinct-keys.ts'
import { field, recordWords } from './segment-layout.ts'
import { type StoredSegment, segmentReaders, openRowLookup } from './stored-segments.ts'
import { compareKeys, entryWords } from './key-sort.ts'
import type { IndexStore } from './store.ts'

/** Number of recent keys that need no second look-up: most references lead to the same few resources. */
const recent = 1 << 12

/** Facts of an index besides its rows. */
export interface IndexDescription {
  readonly exchangeOf: (file: number) => number
  readonly unnamed: number
  readonly queries: readonly string[]
  readonly transactionTime?: number
}

/** Opens an index of segments, given in any order. */
export function openIndex(
  given: readonly StoredSegment[],
  store: IndexStore,
  described: IndexDescription,
): ResourceIndex {
  const inOrder = [...given].sort((a, b) => a.file - b.file || a.line - b.line)
  const segments = inOrder.filter((it) => !it.deleted)
  const gone = inOrder.filter((it) => it.deleted)
  const rowAt = openRowLookup(segments)
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
      for (const it of segmentReaders(segments)) for (let at = 0; at < it.rows; at += 1) yield it.row(at)
    },
    *deleted(): Generator<DeletedRow> {
      for (const it of segmentReaders(gone)) for (let at = 0; at < it.rows; at += 1) yield it.deletedRow(at)
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
      differ ??= allKeysDistinct(segments, store)
      if (differ) return
      for (const [one, first] of repeatedPairs(keys())) {
        const row = rowAt(one[0], one[1])
        const earlier = rowAt(first[0], first[1])
        if (row && earlier) yield [row, earlier] as const
      }
    },
    keySet: (all) => setOf(all, store),
    missingKeys: (all) => lacking(tableOfKeys(all, store), keys(), store),
  }
}

function tableOf(segments: readonly StoredSegment[], store: IndexStore): KeyTable {
  const builder = openKeyTableBuilder(store)
  let number = 0
  for (const { records, rows } of segmentReaders(segments)) {
    for (let row = 0; row < rows; row += 1) {
      const at = row * recordWords + field.key
      builder.add(records[at] ?? 0, records[at + 1] ?? 0, records[at + 2] ?? 0, number, row)
    }
    number += 1
  }
  return builder.finish()
}

type SegmentRow = readonly [segment: number, row: number]

/** Entries that repeat the key of an earlier entry, with the first entry of that key. */
function* repeatedPairs(table: KeyTable): Generator<readonly [SegmentRow, SegmentRow]> {
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
  const builder = openKeyTableBuilder(store, true)
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
  return keySetOf(tableOfKeys(keys, store))
}

function keySetOf(table: KeyTable): KeySet {
  const words = new Uint32Array(3)
  const place = new Uint32Array(2)
  return {
    has(key) {
      keyWords(key, words, 0)
      return table.find(words, place)
    },
  }
}

/** The keys of a table that another table lacks: both are read once, in order. */
function lacking(asked: KeyTable, held: KeyTable, store: IndexStore): KeySet & { readonly size: number } {
  const builder = openKeyTableBuilder(store, true)
  const others = entriesOf(held)
  let other = others.next()
  let size = 0
  for (const { words, at } of entriesOf(asked)) {
    while (!other.done && compareKeys(other.value.words, other.value.at, words, at) < 0) other = others.next()
    if (!other.done && compareKeys(other.value.words, other.value.at, words, at) === 0) continue
    builder.add(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, 0, 0)
    size += 1
  }
  return { ...keySetOf(builder.finish()), size }
}

function* entriesOf(table: KeyTable): Generator<{ readonly words: Uint32Array; readonly at: number }> {
  const entry: { words: Uint32Array; at: number } = { words: new Uint32Array(0), at: 0 }
  for (const words of table.batches()) {
    entry.words = words
    for (entry.at = 0; entry.at < words.length; entry.at += entryWords) yield entry
  }
}
