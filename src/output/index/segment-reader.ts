import { keyText } from '../../model/fhir/resource-key.ts'
import type { DeletedRow, ResourceRow } from '../../model/fhir/resource-index.ts'
import {
  type SegmentHead,
  type RowShape,
  field,
  segmentMark,
  prefixWords,
  recordWords,
} from './segment-layout.ts'

/** A segment opened for reading. */
export interface SegmentReader {
  readonly rows: number
  readonly records: Uint32Array
  /** The keys of all rows, three words each. */
  readonly lists: Uint32Array
  row(at: number): ResourceRow
  deletedRow(at: number): DeletedRow
}

/** Opens a segment; `bytes` begins at a multiple of eight bytes in its buffer. */
export function readSegment(bytes: Uint8Array): SegmentReader {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
  const [marked, headBytes = 0, rows = 0] = words
  if (marked !== segmentMark) throw new Error('this is not a segment of an index')
  const from = prefixWords * 4
  const head = readHead(bytes.subarray(from, from + headBytes))
  const begin = prefixWords + headBytes / 4
  const records = words.subarray(begin, begin + rows * recordWords)
  const lists = words.subarray(begin + rows * recordWords)
  const doubles = new Float64Array(bytes.buffer, bytes.byteOffset + 4 * begin, (rows * recordWords) / 2)
  const source: RowSource = { head, records, doubles, lists, listsFrom: 0 }
  return {
    rows,
    records,
    lists,
    row: (at) => new RowView(source, at * recordWords),
    deletedRow(at) {
      const record = at * recordWords
      return {
        key: keyText(records, record + field.key),
        type: shapeAt(source, record)[0],
        file: head.file,
        line: records[record + field.line] ?? 0,
      }
    },
  }
}

/** The head of a segment. */
export function readHead(bytes: Uint8Array): SegmentHead {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()) as SegmentHead
}

/** Makes a row from its record and its lists alone. */
export function readRow(head: SegmentHead, record: Uint8Array, lists: Uint8Array): ResourceRow {
  const records = new Uint32Array(record.buffer, record.byteOffset, recordWords)
  const source: RowSource = {
    head,
    records,
    doubles: new Float64Array(record.buffer, record.byteOffset, recordWords / 2),
    lists: new Uint32Array(lists.buffer, lists.byteOffset, lists.length >>> 2),
    listsFrom: records[field.list] ?? 0,
  }
  return new RowView(source, 0)
}

/** Number of keys in the lists of a record. */
export function keyCount(records: Uint32Array, at: number): number {
  return (
    (records[at + field.patients] ?? 0) +
    (records[at + field.refersTo] ?? 0) +
    (records[at + field.unsure] ?? 0)
  )
}

interface RowSource {
  readonly head: SegmentHead
  readonly records: Uint32Array
  readonly doubles: Float64Array
  readonly lists: Uint32Array
  /** Position of the first of these keys in the lists of the segment. */
  readonly listsFrom: number
}

const nothing: RowShape = ['']

function shapeAt({ head, records }: RowSource, at: number): RowShape {
  return head.shapes[records[at + field.shape] ?? 0] ?? nothing
}

// Most checks read two or three fields of a row, so fields are made when they are first read.
class RowView implements ResourceRow {
  readonly #in: RowSource
  readonly #at: number

  constructor(source: RowSource, at: number) {
    this.#in = source
    this.#at = at
  }

  get key() {
    return keyText(this.#in.records, this.#at + field.key)
  }
  get type() {
    return shapeAt(this.#in, this.#at)[0]
  }
  get updated() {
    const it = this.#in.doubles[(this.#at + field.updated) / 2]
    return it === undefined || Number.isNaN(it) ? undefined : it
  }
  get digest() {
    const words = this.#in.records
    const at = this.#at + field.digest
    return `${words[at]} ${words[at + 1]}`
  }
  get elements() {
    return shapeAt(this.#in, this.#at).slice(1)
  }
  get subsetted() {
    return (this.#word(field.meets) & 1) === 1
  }
  get meets() {
    return this.#in.head.meets[this.#word(field.meets) >>> 1] ?? []
  }
  get patients() {
    return this.#keys(0, this.#word(field.patients))
  }
  get refersTo() {
    return this.#keys(this.#word(field.patients), this.#word(field.refersTo))
  }
  get unsure() {
    return this.type === 'Provenance' ? [] : this.#lastKeys()
  }
  get targets() {
    return this.type === 'Provenance' ? this.#lastKeys() : []
  }
  get file() {
    return this.#in.head.file
  }
  get line() {
    return this.#word(field.line)
  }

  #word(of: number): number {
    return this.#in.records[this.#at + of] ?? 0
  }
  #lastKeys(): readonly string[] {
    return this.#keys(this.#word(field.patients) + this.#word(field.refersTo), this.#word(field.unsure))
  }
  #keys(from: number, count: number): readonly string[] {
    const begin = this.#word(field.list) - this.#in.listsFrom + from
    const keys: string[] = []
    for (let i = 0; i < count; i += 1) keys.push(keyText(this.#in.lists, 3 * (begin + i)))
    return keys
  }
}
