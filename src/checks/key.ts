import { createHash } from 'node:crypto'

/** Stands for a resource, given as `Type/id`, where its id must not be seen: a hash of 132 bits. */
export function keyOf(reference: string): string {
  return createHash('sha256').update(reference).digest('base64url').slice(0, 22)
}
