import { isUtf8 } from 'node:buffer'
import { isResourceType } from '../../r4/facts.ts'
import type { Line, OutputFile } from '../../model/http/exchange.ts'
import type { Proof } from '../../prover/proof.ts'
import { parseJsonLine } from './json-line.ts'

const lf = 10

/** A proof, and the lines that it is about. */
export interface ProofBlock {
  readonly proof: Proof
  readonly file: OutputFile
  /** Number of the first line in the file, from 1. */
  readonly firstLine: number
  /** The prover's input; `proof` is about its first `length` bytes. */
  readonly input: Buffer
  readonly length: number
  /** Whether all these bytes are UTF-8. */
  readonly utf8: boolean
  /** 1 for each line that may be taken as proven. */
  readonly proven: Uint8Array
}

/** A proof of the first `length` bytes of the prover's input. */
export function proofBlock(
  proof: Proof,
  input: Buffer,
  length: number,
  { file, firstLine }: { readonly file: OutputFile; readonly firstLine: number },
): ProofBlock {
  const utf8 = isUtf8(input.subarray(0, length))
  const proven = provenLines(proof, file, utf8 ? undefined : input)
  return { proof, file, firstLine, input, length, utf8, proven }
}

/**
 * Which lines count as proven. A line does not if its bytes (given only if some are not UTF-8) are not UTF-8, or if FHIR does not define its type. Lines
 * of a deleted file are judged by their content.
 */
function provenLines(proof: Proof, file: OutputFile, bytes: Uint8Array | undefined): Uint8Array {
  const isKnown = file.type === undefined || isResourceType(file.type)
  if (!isKnown || file.kind === 'deleted') return new Uint8Array(proof.lines)
  if (!bytes) return proof.proven
  return proof.proven
    .slice(0, proof.lines)
    .map((it, at) => (isUtf8(bytes.subarray(proof.offsets[at], proof.offsets[at + 1])) ? it : 0))
}

/** Whether a line, including its LF, is not longer than the limit. */
export function isShortLine({ proof, length }: ProofBlock, at: number, lineBytes: number): boolean {
  return length <= lineBytes || (proof.offsets[at + 1] ?? 0) - (proof.offsets[at] ?? 0) <= lineBytes
}

/** The digest of a line, in two words. */
export function lineDigest({ digests }: Proof, at: number): Uint32Array {
  return digests.subarray(2 * at, 2 * at + 2)
}

/** Parses a line of a block; a line longer than `lineBytes` is cut. */
export function parseLine(block: ProofBlock, at: number, lineBytes: number): Line {
  const { proof, input, file } = block
  const from = proof.offsets[at] ?? 0
  const end = proof.offsets[at + 1] ?? from
  const to = input[end - 1] === lf ? end - 1 : end
  const cut = to - from > lineBytes
  const last = cut ? from + lineBytes : to
  // The limit may fall within a character, which is no fault of the server.
  const utf8 = cut || block.utf8 || isUtf8(input.subarray(from, last))
  return lineOf(input.toString('utf8', from, last), { file, number: block.firstLine + at, utf8, cut })
}

/** Parses a line that did not fit into the prover's input; `cut`: it is longer than the limit. */
export function parseLongLine(
  bytes: Uint8Array,
  it: { readonly file: OutputFile; readonly number: number; readonly cut: boolean },
): Line {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  return lineOf(text, { ...it, utf8: it.cut || isUtf8(bytes) })
}

function lineOf(
  text: string,
  it: { readonly file: OutputFile; readonly number: number; readonly utf8: boolean; readonly cut: boolean },
): Line {
  const { file, number, utf8, cut } = it
  if (cut) return { file, number, text, utf8, cut }
  const { json } = parseJsonLine({ number, text })
  return json === undefined ? { file, number, text, utf8 } : { file, number, text, utf8, json }
}
