/** A number in [0, 1), another one each time. */
export type RandomSource = () => number

/** Pseudo-random numbers that depend on the seed alone (mulberry32). */
export function seededRandomSource(seed: number): RandomSource {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A number in [0, 1) for each index; any run of indexes is spread evenly. */
export function evenlySpread(index: number): number {
  return (index * 0.618_033_988_749_894_9) % 1
}

/** The item at an index, which wraps around. */
export function cyclicItem<const Items extends readonly [unknown, ...unknown[]]>(
  items: Items,
  index: number,
): Items[number] {
  return items[Math.abs(Math.trunc(index)) % items.length] ?? items[0]
}

/** A number as ids contain it: at least three digits. */
export function numberedId(prefix: string, index: number): string {
  return `${prefix}-${String(index + 1).padStart(3, '0')}`
}
