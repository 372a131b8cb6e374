import { keyText } from '../../model/fhir/resource-key.ts'
import type { Proof } from '../../prover/proof.ts'
import { resourceTypeNames } from '../../prover/tables.ts'
import { r4Model } from '../../r4/load.ts'
import { type RowShape, field, recordWords } from './segment-layout.ts'
import type { SegmentWriter } from './segment-writer.ts'

/** Appends rows for lines that the prover has read. */
export interface ProvenRows {
  /** For the lines of a proof in a range, its end excluded; `first` is the number of the first line. */
  add(proof: Proof, from: number, to: number, first: number): void
}

/** Sends rows to `writer` from now on. */
export function openProvenRows(writer: SegmentWriter, keysOnly: boolean): ProvenRows {
  // There is a writer for each file, and there may be many files.
  known ??= knownShapes()
  const { patient, provenance, outcome, shapes, bare } = known
  const addLists = (proof: Proof, at: number, record: number) => {
    const { records } = writer
    const from = at === 0 ? 0 : (proof.referencesEnd[at - 1] ?? 0)
    const to = proof.referencesEnd[at] ?? 0
    if (proof.types[at] === patient) {
      writer.push(records, record)
      records[record + field.patients] = 1
    } else records[record + field.patients] = pushOnce(writer, proof, from, to, (flag) => flag === 1)
    records[record + field.refersTo] = pushOnce(writer, proof, from, to, () => true)
    // A target puts a Provenance into a compartment.
    if (proof.types[at] === provenance)
      records[record + field.unsure] = pushOnce(writer, proof, from, to, (flag) => flag !== 0)
  }
  // Rows that differ only in the facts of the proof.
  const addAlike = (proof: Proof, from: number, to: number, first: number) => {
    const record = writer.begin(to - from)
    const { records, doubles } = writer
    const type = proof.types[from] ?? 0
    const shape = keysOnly
      ? writer.shape(bare[type] ?? [''])
      : writer.shape(shapes.of(type, proof.elements, 4 * from))
    const meets = writer.meets(none) * 2
    fillRecords(proof, { records, doubles, record, from, to, line: first, shape, meets })
    if (!keysOnly) addLists(proof, from, record)
  }
  return {
    add(proof, from, to, first) {
      const { types } = proof
      for (let at = from; at < to; ) {
        let end = at + 1
        if (keysOnly) while (end < to && types[end] === types[at] && end - at < mostAlike) end += 1
        if (types[at] !== outcome) addAlike(proof, at, end, first + at - from)
        at = end
      }
    },
  }
}

let known: ReturnType<typeof knownShapes> | undefined

function knownShapes() {
  const resources = resourceTypeNames()
  return {
    patient: resources.indexOf('Patient'),
    provenance: resources.indexOf('Provenance'),
    outcome: resources.indexOf('OperationOutcome'),
    shapes: new ShapeCache(),
    bare: resources.map((it): RowShape => [it]),
  }
}

/** Rows that are begun at a time; a segment can therefore exceed its size a little. */
const mostAlike = 512

/** The writer of the rows, and the values that they share. */
interface RowRange {
  readonly records: Uint32Array
  readonly doubles: Float64Array
  readonly record: number
  readonly from: number
  readonly to: number
  readonly line: number
  readonly shape: number
  readonly meets: number
}

function fillRecords({ keys, digests, updated }: Proof, it: RowRange): void {
  const { records, doubles, from, to, shape, meets } = it
  let { record, line } = it
  for (let at = from; at < to; at += 1, record += recordWords, line += 1) {
    records[record] = keys[3 * at] ?? 0
    records[record + 1] = keys[3 * at + 1] ?? 0
    records[record + 2] = keys[3 * at + 2] ?? 0
    records[record + field.line] = line
    records[record + field.digest] = digests[2 * at] ?? 0
    records[record + field.digest + 1] = digests[2 * at + 1] ?? 0
    doubles[(record + field.updated) / 2] = updated[at] ?? Number.NaN
    records[record + field.shape] = shape
    records[record + field.meets] = meets
    records[record + field.patients] = 0
    records[record + field.refersTo] = 0
    records[record + field.unsure] = 0
  }
}

const none: readonly string[] = []

/** With more references than this, a set finds repeated ones. */
const few = 24

/** Appends references of a line, each key once. */
function pushOnce(
  writer: SegmentWriter,
  proof: Proof,
  from: number,
  to: number,
  takes: (compartment: number | undefined) => boolean,
): number {
  const { references } = proof
  const begin = writer.keys
  const seen = to - from > few ? new Set<string>() : undefined
  for (let i = from; i < to; i += 1) {
    if (!takes(proof.compartment[i])) continue
    if (seen ? !added(seen, keyText(references, 3 * i)) : isAmong(writer, begin, references, 3 * i)) continue
    writer.push(references, 3 * i)
  }
  return writer.keys - begin
}

function added(seen: Set<string>, key: string): boolean {
  const before = seen.size
  return seen.add(key).size > before
}

function isAmong({ lists, keys }: SegmentWriter, begin: number, words: Uint32Array, i: number): boolean {
  for (let at = 3 * begin; at < 3 * keys; at += 3)
    if (lists[at] === words[i] && lists[at + 1] === words[i + 1] && lists[at + 2] === words[i + 2])
      return true
  return false
}

/** Maximum number of shapes kept at a time; a type has few. */
const slots = 64

/** Makes shapes from bits, each once while it is in use. */
class ShapeCache {
  readonly #words = new Uint32Array(5 * slots)
  readonly #shapes = new Array<RowShape | undefined>(slots).fill(undefined)

  of(type: number, bits: Uint32Array, at: number): RowShape {
    const words = this.#words
    const mixed = Math.imul((bits[at] ?? 0) ^ type, 0x9e3779b1) ^ Math.imul(bits[at + 1] ?? 0, 0x85ebca6b)
    const slot = (mixed ^ (mixed >>> 15)) & (slots - 1)
    const known = this.#shapes[slot]
    const w = 5 * slot
    if (
      known &&
      words[w] === type &&
      words[w + 1] === bits[at] &&
      words[w + 2] === bits[at + 1] &&
      words[w + 3] === bits[at + 2] &&
      words[w + 4] === bits[at + 3]
    )
      return known
    const shape = shapeOf(type, bits.subarray(at, at + 4))
    words[w] = type
    words.set(bits.subarray(at, at + 4), w + 1)
    this.#shapes[slot] = shape
    return shape
  }
}

function shapeOf(type: number, words: Uint32Array): RowShape {
  const model = r4Model()
  const name = model.resources[type] ?? ''
  const elements = model.types[name]?.elements ?? []
  const has = (at: number) => (((words[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1
  return [name, ...elements.filter((_, at) => has(at)).map((it) => it.name)]
}
