/** A number in [0, 1) that depends on what is asked alone. */
export function randomFraction(...what: readonly number[]): number {
  let state = 0x9e3779b9
  for (const each of what) state = mixed(state ^ Math.imul(each + 0x7f4a7c15, 0x85ebca6b))
  return mixed(state) / 2 ** 32
}

/** A whole number from `low` to `high`, both included. */
export function randomBetween(low: number, high: number, ...what: readonly number[]): number {
  return low + Math.floor(randomFraction(...what) * (high - low + 1))
}

/** One of the items. */
export function randomOf<T>(items: readonly T[], ...what: readonly number[]): T {
  const found = items[randomBetween(0, items.length - 1, ...what)]
  if (found === undefined) throw new RangeError('There is nothing to choose from.')
  return found
}

/** Another UUID for each pair of a kind and an index below 2³². */
export function randomUuid(kind: number, index: number): string {
  const word = (salt: number) => mixed(Math.imul(kind + salt, 0x9e3779b1) ^ mixed(index + salt))
  // The first word alone tells indexes of a kind apart: `mixed` is one to one.
  const hex = [mixed(index ^ Math.imul(kind, 0x27d4eb2f)), word(11), word(23), word(37)]
    .map((it) => it.toString(16).padStart(8, '0'))
    .join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

function mixed(value: number): number {
  let it = value >>> 0
  it = Math.imul(it ^ (it >>> 16), 0x21f0aaad)
  it = Math.imul(it ^ (it >>> 15), 0x735a2d97)
  return (it ^ (it >>> 15)) >>> 0
}

/** An instant between 2012 and 2025, in the zone that the machines of a hospital have. */
export function randomInstant(...what: readonly number[]): string {
  return moment(Date.UTC(2012, 0) + Math.floor(randomFraction(...what) * 13 * 365) * 86_400_000, ...what)
}

/** So many minutes after an instant. */
export function laterInstant(instant: string, minutes: number): string {
  const local = Date.parse(`${instant.slice(0, 19)}Z`) + minutes * 60_000
  return `${new Date(local).toISOString().slice(0, 19)}${instant.slice(19)}`
}

function moment(day: number, ...what: readonly number[]): string {
  const second = randomBetween(0, 86_399, ...what, 1)
  const milliseconds = String(randomBetween(0, 999, ...what, 2)).padStart(3, '0')
  return `${new Date(day + second * 1000).toISOString().slice(0, 19)}.${milliseconds}-0${randomOf([4, 5], ...what, 3)}:00`
}
