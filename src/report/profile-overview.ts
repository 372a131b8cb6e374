import type { ProfileRow } from '../model/fhir/profile-coverage.ts'
import type { ResultProfiles, RunResult } from '../model/result.ts'

/** What an export shows about profiles, with profiles without resources apart. */
export interface ProfileOverview {
  /** The export, as a run calls it. */
  readonly of: string
  readonly rows: readonly ProfileRow[]
  readonly empty: readonly ProfileRow[]
  /** Resources that do not conform to a profile, once for each. */
  readonly failed: number
  /** How many rules of profiles with resources were not checked. */
  readonly unchecked: number
  readonly notes: readonly string[]
}

/** Separates the profiles of an export. */
export function profileOverview({ of, rows, notes = [] }: ResultProfiles): ProfileOverview {
  return {
    of,
    rows: rows.filter(hasResources),
    empty: rows.filter((it) => !hasResources(it)),
    failed: rows.reduce((sum, it) => sum + it.failed + it.unmet, 0),
    unchecked: rows.reduce((sum, it) => sum + (hasResources(it) ? it.notChecked.length : 0), 0),
    notes,
  }
}

function hasResources({ claimed, chosen }: ProfileRow): boolean {
  return claimed + chosen > 0
}

/** How many rules of profiles were not checked, each counted once for all exports. */
export function countUncheckedRules({ profiles = [] }: RunResult): number {
  const rows = profiles.flatMap((it) => it.rows).filter(hasResources)
  const rules = rows.flatMap(({ url, version, notChecked }) =>
    notChecked.map(({ path, what }) => [url, version, path, what].join(' ')),
  )
  return new Set(rules).size
}

/** `US Core Patient Profile 6.1.0`. */
export function profileName({ title, version }: ProfileRow): string {
  return version === '' ? title : `${title} ${version}`
}

/** How many must-support elements were seen: `22 of 30`. */
export function supportText({ seen, notSeen }: ProfileRow): string {
  const all = seen.length + notSeen.length
  return all === 0 ? '' : `${seen.length} of ${all}`
}
