import * as at from './core/layout.ts'
import type { UnprovenPart, Proof, ProofOptions } from './proof.ts'
import type { ProverTables } from './tables.ts'

/** Bytes behind the input that may be read: an LF ends the last line, and what comes after is skipped in blocks. */
const inputPadding = 128

/** The memory layout of one prover. */
export interface MemoryPlan {
  readonly input: number
  readonly capacity: number
  /** Where it ends. */
  readonly end: number
  /** Address of each output, by the word in which the core finds it. */
  readonly outputs: ReadonlyMap<number, number>
  readonly base: number
}

// Bytes of an entry. Lines can be empty, and a reference takes at least 17 bytes; pages that are never written take no memory.
const perLine: readonly (readonly [word: number, size: number])[] = [
  [at.offsetsAt, 4],
  [at.provenAt, 1],
  [at.typesAt, 2],
  [at.keysAt, 12],
  [at.digestsAt, 8],
  [at.updatedAt, 8],
  [at.flagsAt, 1],
  [at.elementsAt, 16],
  [at.referencesEndAt, 4],
  [at.unprovenPartsEndAt, 4],
  [at.uncheckedEndAt, 4],
]
const perReference: readonly (readonly [word: number, size: number])[] = [
  [at.referencesAt, 12],
  [at.compartmentAt, 1],
]
const shortestReference = 16
/** The least that a coding with a system and a code takes: `{"system":"a:","code":"b"},` */
const shortestCoding = 26

/** The input of a plan. */
export interface MemoryRequest {
  /** Address at which free memory begins. */
  readonly from: number
  readonly base: Uint8Array
  readonly capacity: number
  /** A plan whose outputs are reused if they are large enough. */
  readonly reusablePlan?: MemoryPlan
}

/** Plans memory for a base URL and an input. */
export function planMemory({ from, base, capacity, reusablePlan: other }: MemoryRequest): MemoryPlan {
  let top = from
  const take = (length: number): number => {
    const address = (top + 63) & ~63
    top = address + length
    return address
  }
  const baseAt = take(base.length)
  const input = take(capacity + inputPadding)
  const outputs = other && other.capacity >= capacity ? other.outputs : planOutputs(take, capacity)
  return { input, capacity, outputs, base: baseAt, end: (top + 65535) & ~65535 }
}

function planOutputs(take: (length: number) => number, capacity: number): ReadonlyMap<number, number> {
  const references = Math.ceil(capacity / shortestReference)
  return new Map([
    ...perLine.map(([word, size]) => [word, take((capacity + 1) * size)] as const),
    ...perReference.map(([word, size]) => [word, take(references * size)] as const),
    [at.uncheckedAt, take(mostUnchecked(capacity) * at.uncheckedRow)] as const,
    [at.unprovenPartsAt, take(at.maxUnprovenParts * at.unprovenRow)] as const,
  ])
}

function mostUnchecked(capacity: number): number {
  return Math.ceil(capacity / shortestCoding)
}

/** Address behind the tables, where the rest may begin. */
export function tablesEnd({ image }: ProverTables): number {
  return at.image + image.length
}

/** Writes the tables, for all provers of one memory. */
export function writeTables(memory: ArrayBufferLike, { image }: ProverTables): void {
  new Uint8Array(memory).set(image, at.image)
}

/** Writes the plan of one prover into the core's words. */
export function writeMemoryPlan(memory: ArrayBufferLike, plan: MemoryPlan, base: Uint8Array): void {
  const words = new Int32Array(memory)
  new Uint8Array(memory).set(base, plan.base)
  words[at.baseAt >> 2] = plan.base
  words[at.baseLength >> 2] = base.length
  words[at.maxUnchecked >> 2] = mostUnchecked(plan.capacity)
  for (const [word, address] of plan.outputs) words[word >> 2] = address
}

/** Ends the input, so that no line is read beyond it, and sets the options of the proof. */
export function prepareInput(
  memory: ArrayBufferLike,
  plan: MemoryPlan,
  { length, references, unprovenParts: doubts }: { readonly length: number } & ProofOptions,
): void {
  const bytes = new Uint8Array(memory, plan.input + length, inputPadding)
  bytes.fill(0)
  bytes[0] = 10
  new Int32Array(memory, at.skipsReferences, 1)[0] = references ? 0 : 1
  new Int32Array(memory, at.wantsUnprovenParts, 1)[0] = doubts ? 1 : 0
}

/** The core's result for `lines` lines, as views of its memory. */
export function readProof(memory: ArrayBufferLike, plan: MemoryPlan, lines: number): Proof {
  const at32 = (word: number, length: number) => new Uint32Array(memory, plan.outputs.get(word), length)
  const at8 = (word: number, length: number) => new Uint8Array(memory, plan.outputs.get(word), length)
  const referencesEnd = at32(at.referencesEndAt, lines)
  const references = referencesEnd[lines - 1] ?? 0
  const uncheckedEnd = at32(at.uncheckedEndAt, lines)
  return {
    lines,
    offsets: at32(at.offsetsAt, lines + 1),
    proven: at8(at.provenAt, lines),
    types: new Uint16Array(memory, plan.outputs.get(at.typesAt), lines),
    keys: at32(at.keysAt, lines * 3),
    digests: at32(at.digestsAt, lines * 2),
    updated: new Float64Array(memory, plan.outputs.get(at.updatedAt), lines),
    flags: at8(at.flagsAt, lines),
    unprovenPartsEnd: at32(at.unprovenPartsEndAt, lines),
    elements: at32(at.elementsAt, lines * 4),
    referencesEnd,
    references: at32(at.referencesAt, references * 3),
    compartment: at8(at.compartmentAt, references),
    uncheckedEnd,
    unchecked: at32(at.uncheckedAt, 2 * (uncheckedEnd[lines - 1] ?? 0)),
  }
}

/** The unproven parts of a line of the last proof; `words` are those of the memory. */
export function readUnprovenParts(
  words: Int32Array,
  plan: MemoryPlan,
  { unprovenPartsEnd: doubtsEnd }: Proof,
  line: number,
): readonly UnprovenPart[] {
  const begin = (plan.outputs.get(at.unprovenPartsAt) ?? 0) >> 2
  const found: UnprovenPart[] = []
  const end = doubtsEnd[line] ?? 0
  for (let it = line === 0 ? 0 : (doubtsEnd[line - 1] ?? 0); it < end; it += 1) {
    const row = begin + ((it * at.unprovenRow) >> 2)
    const path: string[] = []
    const depth = words[row + (at.unprovenDepth >> 2)] ?? 0
    for (let d = 0; d < depth; d += 1) path.push(nameIn(words, words[row + (at.unprovenPath >> 2) + d] ?? 0))
    const from = (words[row + (at.unprovenFrom >> 2)] ?? 0) - plan.input
    const to = (words[row + (at.unprovenTo >> 2)] ?? 0) - plan.input
    const nameEnd = words[row + (at.unprovenNameEnd >> 2)] ?? 0
    found.push(nameEnd === 0 ? { path, from, to } : { path, from, to, nameEnd: nameEnd - plan.input })
  }
  return found
}

const latin1 = new TextDecoder('latin1')
// Rows are the same for all provers.
const names = new Map<number, string>()

function nameIn(words: Int32Array, row: number): string {
  const known = names.get(row)
  if (known !== undefined) return known
  const from = words[(row + at.keyAt) >> 2] ?? 0
  // The length counts the quote behind it. Names in FHIR are ASCII.
  const length = (words[(row + at.keyLength) >> 2] ?? 1) - 1
  const name = latin1.decode(new Uint8Array(words.buffer, from, length))
  names.set(row, name)
  return name
}
