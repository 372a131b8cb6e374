import {
  type SegmentHead,
  type Segment,
  type RowShape,
  field,
  segmentMark,
  prefixWords,
  recordWords,
} from './segment-layout.ts'

/** Takes rows of one file and makes segments of them; no more than one is held. */
export interface SegmentWriter {
  /** Begins rows, one unless said otherwise; the fields of their records are set in `records` from there on. */
  begin(many?: number): number
  readonly records: Uint32Array
  readonly doubles: Float64Array
  /** Appends the key at a place of `words` to the lists; they are those of the row that was begun last. */
  push(words: Uint32Array, from: number): void
  /** How many keys there are in the lists. */
  readonly keys: number
  readonly lists: Uint32Array
  shape(shape: RowShape): number
  meets(queries: readonly string[]): number
  /** Gives away what is held; nothing more is appended. */
  close(): void
}

/** Bytes from which on a segment is given away. */
const enough = 512 << 10

/** Where a segment grows. */
interface SpareArrays {
  readonly records: Uint32Array<ArrayBuffer>
  readonly lists: Uint32Array<ArrayBuffer>
}

// One writer comes after the other: what each leaves behind would be collected late.
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
  { file, deleted }: { readonly file: number; readonly deleted: boolean },
  give: (segment: Segment) => void,
): SegmentWriter {
  let { records, lists } = takeSpareArrays()
  let doubles = new Float64Array(records.buffer)
  let rows = 0
  let keys = 0
  let named = 0
  let shapes = new Interned<RowShape>()
  let meets = new Interned<readonly string[]>()

  const flush = () => {
    if (rows === 0) return
    const head: SegmentHead = {
      file,
      ...(deleted ? { deleted } : {}),
      shapes: shapes.values,
      meets: meets.values,
    }
    const bytes = assembled(head, records.subarray(0, rows * recordWords), lists.subarray(0, 3 * keys))
    const line = records[field.line] ?? 0
    const segment = { bytes, file, deleted, line, rows }
    rows = 0
    keys = 0
    named = 0
    shapes = new Interned()
    meets = new Interned()
    give(segment)
  }
  const intern = <T extends readonly string[]>(known: Interned<T>, value: T): number => {
    const before = known.values.length
    const at = known.at(value)
    if (known.values.length > before) named += value.join().length
    return at
  }
  return {
    get records() {
      return records
    },
    get doubles() {
      return doubles
    },
    get lists() {
      return lists
    },
    get keys() {
      return keys
    },
    begin(many = 1) {
      if (rows * recordWords * 4 + keys * 12 + named > enough) flush()
      const at = rows * recordWords
      while (at + many * recordWords > records.length) {
        records = larger(records, at)
        doubles = new Float64Array(records.buffer)
      }
      rows += many
      for (let it = 0; it < many; it += 1) records[at + it * recordWords + field.list] = keys
      return at
    },
    push(words, from) {
      const at = 3 * keys
      if (at === lists.length) lists = larger(lists, at)
      lists[at] = words[from] ?? 0
      lists[at + 1] = words[from + 1] ?? 0
      lists[at + 2] = words[from + 2] ?? 0
      keys += 1
    },
    shape: (shape) => intern(shapes, shape),
    meets: (queries) => intern(meets, queries),
    close() {
      flush()
      if (records.byteLength + lists.byteLength <= mostSpare) spare = { records, lists }
    },
  }
}

function larger(words: Uint32Array<ArrayBuffer>, used: number): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(4 * words.length)
  more.set(words.subarray(0, used))
  return more
}

class Interned<T extends readonly string[]> {
  readonly values: T[] = []
  readonly #same = new Map<T, number>()
  readonly #equal = new Map<string, number>()
  #last: T | undefined
  #lastAt = 0

  // Rows come in runs whose value is one object: its text is made once.
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
