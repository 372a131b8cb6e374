import type { LinePart } from '../structure/judge-parts.ts'
import type { Proof, Prover } from './proof.ts'

/** The parts of a line that a proof leaves to the explaining path; undefined if there are none, or one of them is not JSON. */
export function linePartsOf(prover: Prover, proof: Proof, line: number): readonly LinePart[] | undefined {
  const doubts = prover.unprovenPartsOf(proof, line)
  if (doubts.length === 0) return undefined
  const parts: LinePart[] = []
  for (const { path, from, to, nameEnd } of doubts) {
    const unknown = nameEnd === undefined ? {} : { unknown: prover.input.toString('utf8', from, nameEnd) }
    const begin = nameEnd === undefined ? from : prover.input.indexOf(colon, nameEnd) + 1
    const text = prover.input.toString('utf8', begin, to)
    try {
      parts.push({ path, text, value: JSON.parse(text), ...unknown })
    } catch {
      // The message of the error would quote the line.
      return undefined
    }
  }
  return parts
}

const colon = 58
