import { hashKey } from './hash.ts'
import { keyText } from './resource-key.ts'

let bytes = Buffer.alloc(256)
const words = new Uint32Array(3)

/** Stands for a resource, given as `Type/id`, where its id must not be seen: a hash of 96 bits. */
export function resourceKey(reference: string): string {
  // Three bytes are the most that UTF-8 takes for one code unit.
  if (reference.length * 3 > bytes.length) bytes = Buffer.alloc(reference.length * 6)
  hashKey(bytes.subarray(0, bytes.write(reference)), words)
  return keyText(words, 0)
}
