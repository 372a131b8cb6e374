import { conflictsAmong, type Deviation } from '../faults/conflicts.ts'
import { deviationOf, type Variation } from './definition.ts'

/** A variation as what it replaces, wherever the provider is. */
export function deviationIn(variation: Variation): Deviation {
  const { id, configuration } = variation
  const conduct = deviationOf(variation, { base: 'http://localhost/fhir', start: 0 })
  return { id, conduct, ...(configuration ? { configuration } : {}) }
}

/** Whether two variations cannot be shown by one provider. */
export function contradict(one: Variation, other: Variation): boolean {
  return (
    concernOneMatter(one, other) ||
    haveReleasesApart(one, other) ||
    conflictsAmong([deviationIn(one), deviationIn(other)]).length > 0
  )
}

/** Whether both are about the one matter of which a provider shows one variation. */
export function concernOneMatter({ about }: Variation, other: Variation): boolean {
  return about !== undefined && about === other.about
}

function haveReleasesApart({ release }: Variation, other: Variation): boolean {
  return release !== undefined && other.release !== undefined && release !== other.release
}
