import {
  type SegmentHead,
  type Segment,
  type RowShape,
  field,
  segmentMark,
  prefixWords,
  recordWords,
} from './segment-layout.ts'

/** Makes segments from the rows of one file; it keeps only one at a time. */
export interface SegmentWriter {
  /** Begins rows, by default one; the caller sets the fields of their records in `records` from the returned offset on. */
  begin(many?: number): number
  readonly records: Uint32Array
  readonly doubles: Float64Array
  /** Appends the key at a place of `words` to the lists of the row that was begun last. */
  push(words: Uint32Array, from: number): void
  /** How many keys there are in the lists. */
  readonly keys: number
  readonly lists: Uint32Array
  shape(shape: RowShape): number
  meets(queries: readonly string[]): number
  /** Gives away the last segment; nothing more may be appended. */
  close(): void
}

/** A segment of at least this many bytes is given away. */
const enough = 512 << 10

/** Where a segment grows. */
interface SpareArrays {
  readonly records: Uint32Array<ArrayBuffer>
  readonly lists: Uint32Array<ArrayBuffer>
}

// Writers follow each other, and the memory that each leaves behind would be collected late.
let spare: SpareArrays | undefined
const mostSpare = 5 * enough

function takeSpareArrays(): SpareArrays {
  // Most files are small, and most rows are of large ones.
  const room = spare ?? { records: new Uint32Array(recordWords * 32), lists: new Uint32Array(3 * 64) }
  spare = undefined
  return room
}

/** Opens a writer for rows of one file; segments are given away as they fill. */
export function openWriter(
  file: { readonly file: number; readonly deleted: boolean },
  give: (segment: Segment) => void,
): SegmentWriter {
  return new GrowingSegment(file, give)
}

/** Callers must not keep the arrays beyond `begin` and `push`, which replace them. */
class GrowingSegment implements SegmentWriter {
  readonly #file: number
  readonly #deleted: boolean
  readonly #give: (segment: Segment) => void
  records: Uint32Array<ArrayBuffer>
  doubles: Float64Array
  lists: Uint32Array<ArrayBuffer>
  keys = 0
  #rows = 0
  /** Approximate number of characters of the values that rows share. */
  #headChars = 0
  #shapes = new ValueTable<RowShape>()
  #queries = new ValueTable<readonly string[]>()

  constructor(
    { file, deleted }: { readonly file: number; readonly deleted: boolean },
    give: (segment: Segment) => void,
  ) {
    const { records, lists } = takeSpareArrays()
    this.#file = file
    this.#deleted = deleted
    this.#give = give
    this.records = records
    this.doubles = new Float64Array(records.buffer)
    this.lists = lists
  }

  begin(many = 1): number {
    if (this.#rows * recordWords * 4 + this.keys * 12 + this.#headChars > enough) this.#flush()
    const at = this.#rows * recordWords
    while (at + many * recordWords > this.records.length) {
      this.records = larger(this.records, at)
      this.doubles = new Float64Array(this.records.buffer)
    }
    this.#rows += many
    const { records, keys } = this
    for (let it = 0; it < many; it += 1) records[at + it * recordWords + field.list] = keys
    return at
  }

  push(words: Uint32Array, from: number): void {
    const at = 3 * this.keys
    if (at === this.lists.length) this.lists = larger(this.lists, at)
    const { lists } = this
    lists[at] = words[from] ?? 0
    lists[at + 1] = words[from + 1] ?? 0
    lists[at + 2] = words[from + 2] ?? 0
    this.keys += 1
  }

  shape(shape: RowShape): number {
    return this.#intern(this.#shapes, shape)
  }

  meets(queries: readonly string[]): number {
    return this.#intern(this.#queries, queries)
  }

  close(): void {
    this.#flush()
    const { records, lists } = this
    if (records.byteLength + lists.byteLength <= mostSpare) spare = { records, lists }
  }

  #intern<T extends readonly string[]>(known: ValueTable<T>, value: T): number {
    const before = known.values.length
    const at = known.at(value)
    if (known.values.length > before) this.#headChars += value.join().length
    return at
  }

  #flush(): void {
    const rows = this.#rows
    if (rows === 0) return
    const [file, deleted] = [this.#file, this.#deleted]
    const head: SegmentHead = {
      file,
      ...(deleted ? { deleted } : {}),
      shapes: this.#shapes.values,
      meets: this.#queries.values,
    }
    const { records, lists, keys } = this
    const bytes = assembled(head, records.subarray(0, rows * recordWords), lists.subarray(0, 3 * keys))
    const line = records[field.line] ?? 0
    this.#rows = 0
    this.keys = 0
    this.#headChars = 0
    this.#shapes = new ValueTable()
    this.#queries = new ValueTable()
    this.#give({ bytes, file, deleted, line, rows })
  }
}

function larger(words: Uint32Array<ArrayBuffer>, used: number): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(4 * words.length)
  more.set(words.subarray(0, used))
  return more
}

class ValueTable<T extends readonly string[]> {
  readonly values: T[] = []
  readonly #same = new Map<T, number>()
  readonly #equal = new Map<string, number>()
  #last: T | undefined
  #lastAt = 0

  // Consecutive rows often share one object, so its text is made once.
  at(value: T): number {
    if (value === this.#last) return this.#lastAt
    this.#last = value
    this.#lastAt = this.#same.get(value) ?? this.#find(value)
    return this.#lastAt
  }

  #find(value: T): number {
    const text = value.join('\n')
    const at = this.#equal.get(text) ?? this.values.push(value) - 1
    this.#equal.set(text, at)
    this.#same.set(value, at)
    return at
  }
}

function assembled(head: SegmentHead, records: Uint32Array, lists: Uint32Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(head))
  const headBytes = Math.ceil(text.length / 8) * 8
  const words = new Uint32Array(prefixWords + headBytes / 4 + records.length + lists.length)
  words.set([segmentMark, headBytes, records.length / recordWords, lists.length])
  const bytes = new Uint8Array(words.buffer)
  bytes.fill(0x20, prefixWords * 4, prefixWords * 4 + headBytes)
  bytes.set(text, prefixWords * 4)
  words.set(records, prefixWords + headBytes / 4)
  words.set(lists, prefixWords + headBytes / 4 + records.length)
  return bytes
}
