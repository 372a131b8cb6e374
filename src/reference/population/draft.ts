import { instant, timeAtFraction } from './dates.ts'
import type { Resource } from './model.ts'
import type { RandomSource } from './random.ts'

/** A resource without its dates: `write` gives the elements after `meta`, knowing when it was last updated (ms since 1970). */
export interface ResourceDraft {
  readonly type: string
  readonly id: string
  readonly meta?: Readonly<Record<string, unknown>>
  readonly write: (updated: number) => Readonly<Record<string, unknown>>
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
      // Groups are older than the data of their members, because a server may send old data of new members whatever _since says.
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
