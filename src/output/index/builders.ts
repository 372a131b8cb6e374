import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IndexGiven } from '../../checks/builders.ts'
import { keyOf } from '../../checks/key.ts'
import { hashLine } from '../../model/hash.ts'
import { keyWords } from '../../model/key.ts'
import type { ResourceIndex, Row } from '../../model/rows.ts'
import { type Segment, field } from './layout.ts'
import { openIndex } from './open.ts'
import { openKeeper } from './segments.ts'
import { type IndexStore, openStore } from './store.ts'
import { openWriter, type SegmentWriter } from './writer.ts'

const folders: string[] = []

/** A folder for a test. */
export function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-test-'))
  folders.push(folder)
  return folder
}

/** Removes the folders of all tests so far. */
export function removeFolders(): void {
  for (const it of folders) rmSync(it, { recursive: true, force: true })
}

/** A store for a test. */
export function storeOf(memory: number): IndexStore {
  return openStore(folderOfTest, memory)
}

/** An index for a test that has next to no memory. */
export function spilledIndex(rows: readonly Row[], given: IndexGiven = {}): ResourceIndex {
  const store = storeOf(512)
  const keeper = openKeeper(store)
  const segments: Segment[] = []
  for (const row of rows) {
    const writer = openWriter({ file: row.file, deleted: false }, (it) => segments.push(it))
    addRow(writer, row)
    writer.close()
  }
  for (const [at, reference] of (given.deleted ?? []).entries()) {
    const writer = openWriter({ file: 1, deleted: true }, (it) => segments.push(it))
    const [type = ''] = reference.split('/')
    const nothing = { digest: '', elements: [], subsetted: false, meets: [], patients: [], refersTo: [] }
    addRow(writer, { key: keyOf(reference), type, file: 1, line: at + 1, ...nothing })
    writer.close()
  }
  return openIndex(
    segments.map((it) => keeper.keep(it)),
    store,
    {
      exchangeOf: (file) => 9 + file,
      queries: given.queries ?? [],
      ...(given.transactionTime === undefined ? {} : { transactionTime: given.transactionTime }),
    },
  )
}

function addRow(writer: SegmentWriter, row: Row): void {
  const at = writer.begin()
  const { records } = writer
  keyWords(row.key, records, at)
  records[at + field.line] = row.line
  hashLine(Buffer.from(row.digest), records, at + field.digest)
  writer.doubles[(at + field.updated) / 2] = row.updated ?? Number.NaN
  records[at + field.shape] = writer.shape([row.type, ...row.elements])
  records[at + field.meets] = 2 * writer.meets(row.meets) + (row.subsetted ? 1 : 0)
  records[at + field.patients] = push(writer, row.patients)
  records[at + field.refersTo] = push(writer, row.refersTo)
  records[at + field.unsure] = push(writer, row.unsure ?? [])
}

function push(writer: SegmentWriter, keys: readonly string[]): number {
  const words = new Uint32Array(3)
  for (const key of keys) {
    keyWords(key, words, 0)
    writer.push(words, 0)
  }
  return keys.length
}
