import type { ProfileRow } from '../model/profiles.ts'
import type { ResultProfiles } from '../model/result.ts'

/** What an export shows of profiles, those without a single resource apart. */
export interface ShownProfiles {
  /** The export, as a run calls it. */
  readonly of: string
  readonly rows: readonly ProfileRow[]
  readonly empty: readonly ProfileRow[]
  /** Resources that do not conform to a profile, once for each. */
  readonly failed: number
}

/** Parts the profiles of an export. */
export function shownProfiles({ of, rows }: ResultProfiles): ShownProfiles {
  const held = (it: ProfileRow) => it.claimed + it.chosen > 0
  return {
    of,
    rows: rows.filter(held),
    empty: rows.filter((it) => !held(it)),
    failed: rows.reduce((sum, it) => sum + it.failed + it.unmet, 0),
  }
}

/** `US Core Patient Profile 6.1.0`. */
export function profileName({ title, version }: ProfileRow): string {
  return version === '' ? title : `${title} ${version}`
}

/** How much was seen of what must be supported: `22 of 30`. */
export function supported({ seen, notSeen }: ProfileRow): string {
  const all = seen.length + notSeen.length
  return all === 0 ? '' : `${seen.length} of ${all}`
}
