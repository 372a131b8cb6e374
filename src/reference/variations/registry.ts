import { variationsSince3 } from './since-3.ts'
import { accessVariations } from './access.ts'
import { attachmentVariations } from './attachments.ts'
import { connectionVariations } from './connections.ts'
import { deletionVariations } from './deletion.ts'
import { resourceVariations } from './exported-resources.ts'
import { groupVariations } from './groups.ts'
import { discoveryVariations } from './discovery.ts'
import { jobVariations } from './jobs.ts'
import { loadVariations } from './load.ts'
import { outputVariations } from './output.ts'
import { parameterVariations } from './parameters.ts'
import { releaseVariations } from './releases.ts'
import { statusVariations } from './status.ts'
import type { Variation } from './definition.ts'

/** Behavior that servers show, or may show, and that no test may fail. */
export const variations: readonly Variation[] = [
  ...discoveryVariations,
  ...accessVariations,
  ...attachmentVariations,
  ...connectionVariations,
  ...jobVariations,
  ...statusVariations,
  ...deletionVariations,
  ...loadVariations,
  ...outputVariations,
  ...resourceVariations,
  ...parameterVariations,
  ...groupVariations,
  ...variationsSince3,
  ...releaseVariations,
]

const byId = new Map(variations.map((it) => [it.id, it]))

/** The variation of an id; throws a RangeError if there is none. */
export function variationById(id: string): Variation {
  const variation = byId.get(id)
  if (!variation) throw new RangeError(`Unknown variation ${id}.`)
  return variation
}
