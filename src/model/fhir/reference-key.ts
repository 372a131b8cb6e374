import { hashKey } from './hash.ts'
import { keyText } from './resource-key.ts'

let bytes = Buffer.alloc(256)
const words = new Uint32Array(3)

/** A hash of 96 bits that stands for a resource, given as `Type/id`, where its id must not be visible. */
export function resourceKey(reference: string): string {
  // UTF-8 takes at most three bytes for one UTF-16 code unit.
  if (reference.length * 3 > bytes.length) bytes = Buffer.alloc(reference.length * 6)
  hashKey(bytes.subarray(0, bytes.write(reference)), words)
  return keyText(words, 0)
}
