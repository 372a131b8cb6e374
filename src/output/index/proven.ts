import { keyText } from '../../model/key.ts'
import type { Proof } from '../../prover/prover.ts'
import { r4Model } from '../../r4/load.ts'
import { type Shape, field } from './layout.ts'
import type { SegmentWriter } from './writer.ts'

/** Appends rows of lines that the prover has read. */
export interface ProvenRows {
  add(proof: Proof, at: number, line: number): void
}

/** Rows go to `writer` from now on. */
export function openProven(writer: SegmentWriter): ProvenRows {
  const patient = r4Model().resources.indexOf('Patient')
  const shapes = new Shapes()
  return {
    add(proof, at, line) {
      const record = writer.begin()
      const { records } = writer
      const type = proof.types[at] ?? 0
      for (let i = 0; i < 3; i += 1) records[record + i] = proof.keys[3 * at + i] ?? 0
      records[record + field.line] = line
      records[record + field.digest] = proof.digests[2 * at] ?? 0
      records[record + field.digest + 1] = proof.digests[2 * at + 1] ?? 0
      writer.doubles[(record + field.updated) / 2] = proof.updated[at] ?? Number.NaN
      records[record + field.shape] = writer.shape(shapes.of(type, proof.elements, 4 * at))
      records[record + field.meets] = writer.meets(none) * 2
      const from = at === 0 ? 0 : (proof.referencesEnd[at - 1] ?? 0)
      const to = proof.referencesEnd[at] ?? 0
      if (type === patient) {
        writer.push(records[record] ?? 0, records[record + 1] ?? 0, records[record + 2] ?? 0)
        records[record + field.patients] = 1
      } else records[record + field.patients] = pushOnce(writer, proof, { from, to, compartment: true })
      records[record + field.refersTo] = pushOnce(writer, proof, { from, to, compartment: false })
      records[record + field.unsure] = 0
    },
  }
}

const none: readonly string[] = []

/** More references than this are held against each other by a set. */
const few = 24

/** Appends references of a line, each key once. */
function pushOnce(
  writer: SegmentWriter,
  proof: Proof,
  { from, to, compartment }: { readonly from: number; readonly to: number; readonly compartment: boolean },
): number {
  const { references } = proof
  const begin = writer.keys
  const seen = to - from > few ? new Set<string>() : undefined
  for (let i = from; i < to; i += 1) {
    if (compartment && proof.compartment[i] !== 1) continue
    const a = references[3 * i] ?? 0
    const b = references[3 * i + 1] ?? 0
    const c = references[3 * i + 2] ?? 0
    if (seen ? !added(seen, keyText(references, 3 * i)) : isAmong(writer, begin, a, b, c)) continue
    writer.push(a, b, c)
  }
  return writer.keys - begin
}

function added(seen: Set<string>, key: string): boolean {
  const before = seen.size
  return seen.add(key).size > before
}

function isAmong({ lists, keys }: SegmentWriter, begin: number, a: number, b: number, c: number): boolean {
  for (let at = 3 * begin; at < 3 * keys; at += 3)
    if (lists[at] === a && lists[at + 1] === b && lists[at + 2] === c) return true
  return false
}

/** Makes shapes of bits; those of one type are few, so that each is made once. */
class Shapes {
  readonly #known = new Map<number, { readonly words: readonly number[]; readonly shape: Shape }[]>()

  of(type: number, bits: Uint32Array, at: number): Shape {
    const a = bits[at] ?? 0
    const b = bits[at + 1] ?? 0
    const c = bits[at + 2] ?? 0
    const d = bits[at + 3] ?? 0
    const hash = (type ^ Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ c ^ d) >>> 0
    const same = this.#known.get(hash) ?? []
    for (const { words, shape } of same)
      if (words[0] === a && words[1] === b && words[2] === c && words[3] === d && words[4] === type)
        return shape
    const shape = shapeOf(type, [a, b, c, d])
    this.#known.set(hash, [...same, { words: [a, b, c, d, type], shape }])
    return shape
  }
}

function shapeOf(type: number, words: readonly number[]): Shape {
  const model = r4Model()
  const name = model.resources[type] ?? ''
  const elements = model.types[name]?.elements ?? []
  const has = (at: number) => (((words[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1
  return [name, ...elements.filter((_, at) => has(at)).map((it) => it.name)]
}
