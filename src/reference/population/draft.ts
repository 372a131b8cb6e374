import type { Resource } from './model.ts'

/** A number in [0, 1), another one each time. */
export type RandomSource = () => number

/** A resource but for its dates: `write` gives the elements after `meta`, knowing when it was last updated (ms since 1970). */
export interface ResourceDraft {
  readonly type: string
  readonly id: string
  readonly meta?: Readonly<Record<string, unknown>>
  readonly write: (updated: number) => Readonly<Record<string, unknown>>
}

/** Milliseconds of a day. */
export const millisecondsPerDay = 86_400_000

const span = 730 * millisecondsPerDay

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

/** Number the way ids carry it: at least three digits. */
export function numberedId(prefix: string, index: number): string {
  return `${prefix}-${String(index + 1).padStart(3, '0')}`
}

/** Calendar date in UTC. */
export function calendarDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Instant to the second, in one of several notations: UTC, UTC with milliseconds, east and west of it. */
export function instant(ms: number, notation: number): string {
  const whole = Math.floor(ms / 1000) * 1000
  const local = (hours: number, at: number) => new Date(at + hours * 3_600_000).toISOString().slice(0, -1)
  switch (notation % 4) {
    case 0:
      return `${local(0, whole).slice(0, -4)}Z`
    case 1:
      return `${local(0, ms)}Z`
    case 2:
      return `${local(2, whole).slice(0, -4)}+02:00`
    default:
      return `${local(-5, ms)}-05:00`
  }
}

/** The time at a fraction, from 0 to 1, of the two years before `until` (ms since 1970). */
export function timeAtFraction(until: Date, fraction: number): number {
  return Math.floor(until.getTime() - span * (1 - fraction))
}

/** Turns drafts into resources whose lastUpdated are distinct within each type and spread evenly over two years, in random order. */
export function datedResources(
  drafts: readonly ResourceDraft[],
  { until, chance }: { until: Date; chance: RandomSource },
): Resource[] {
  const byType = new Map<string, ResourceDraft[]>()
  for (const draft of drafts) {
    const same = byType.get(draft.type)
    if (same) same.push(draft)
    else byType.set(draft.type, [draft])
  }
  return [...byType.values()].flatMap((same) => {
    const ranks = shuffled(same.length, chance)
    return same.map((draft, index): Resource => {
      const fraction = ((ranks[index] ?? 0) + 0.1 + 0.8 * chance()) / same.length
      // Groups are older than what happened to their members: who joined lately may be sent old data whatever _since says.
      const updated = timeAtFraction(until, draft.type === 'Group' ? fraction / 10 : fraction)
      return {
        resourceType: draft.type,
        id: draft.id,
        meta: {
          versionId: String(1 + Math.floor(chance() * 5)),
          lastUpdated: instant(updated, index),
          ...draft.meta,
        },
        ...draft.write(updated),
      }
    })
  })
}

function shuffled(length: number, chance: RandomSource): readonly number[] {
  const ranks = Array.from({ length }, (_, index) => index)
  for (let last = length - 1; last > 0; last -= 1) {
    const other = Math.floor(chance() * (last + 1))
    const [a, b] = [ranks[last] ?? 0, ranks[other] ?? 0]
    ranks[last] = b
    ranks[other] = a
  }
  return ranks
}
