import type { Part } from '../structure/part.ts'
import type { Proof, Prover } from './prover.ts'

/** The parts of a line that a proof leaves to the explaining path; undefined if there are none, or one of them is no JSON. */
export function partsOf(prover: Prover, proof: Proof, line: number): readonly Part[] | undefined {
  const doubts = prover.doubtsOf(proof, line)
  if (doubts.length === 0) return undefined
  const parts: Part[] = []
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
