/** Digests of texts in the order in which they come; two texts with the same digest are not to be expected. */
export interface TextDigests {
  readonly size: number
  add(text: string, position: number): void
  /** The pair of numbers of an entry, and its position. */
  at(entry: number): readonly [number, number, number]
}

/** No digests yet. */
export function openTextDigests(): TextDigests {
  let rows = new Float64Array(3 << 10)
  let size = 0
  return {
    get size() {
      return size
    },
    add(text, position) {
      if (3 * (size + 1) > rows.length) {
        const more = new Float64Array(2 * rows.length)
        more.set(rows)
        rows = more
      }
      const [a, b] = digestOf(text)
      rows.set([a, b, position], 3 * size)
      size += 1
    },
    at: (entry) => [rows[3 * entry] ?? 0, rows[3 * entry + 1] ?? 0, rows[3 * entry + 2] ?? 0],
  }
}

/** The first entry of these digests, list by list, that was there before: the list and the position. */
export function firstRepeated(
  lists: readonly TextDigests[],
): { readonly list: number; readonly position: number } | undefined {
  const all = lists.reduce((sum, it) => sum + it.size, 0)
  let capacity = 16
  while (capacity < 2 * all) capacity *= 2
  const table = new Float64Array(2 * capacity)
  for (const [list, digests] of lists.entries())
    for (let entry = 0; entry < digests.size; entry += 1) {
      const [a, b, position] = digests.at(entry)
      let slot = a % capacity
      while (table[2 * slot] !== 0) {
        if (table[2 * slot] === a && table[2 * slot + 1] === b) return { list, position }
        slot = (slot + 1) % capacity
      }
      table[2 * slot] = a
      table[2 * slot + 1] = b
    }
  return undefined
}

/** 104 bits of a text; the first number is never 0. */
function digestOf(text: string): readonly [number, number] {
  let a = 0x811c9dc5
  let b = 0x9e3779b9
  let c = 0x85ebca6b
  let d = 0xc2b2ae35
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 15)
    c = Math.imul(c ^ code, 0x27d4eb2f) ^ (c >>> 13)
    d = Math.imul(d ^ code, 0x165667b1) ^ (d >>> 16)
  }
  return [(a >>> 0) * 0x100000 + (b >>> 12) || 1, (c >>> 0) * 0x100000 + (d >>> 12)]
}
