import type { UncheckedRule, ProfileRow } from '../../model/fhir/profile-coverage.ts'
import { type FhirPackage, canonicalKey } from '../package/definitions.ts'
import type { UndecidedReason } from '../compile/undecided-reason.ts'
import type { ProfileLibrary } from '../compile/library.ts'
import type { Profile } from '../compile/element-rules.ts'
import type { ProfileTally } from './tally.ts'
import { abstractResourceTypes, modelResourceTypes } from '../judge/reference-target.ts'
import { pathBelowRoot } from '../compile/extension-definitions.ts'
import { undecidedKey } from '../judge/walk.ts'

/** One row for each profile on a resource type, in the order of types and URLs. */
export function profileRows(tally: ProfileTally, library: ProfileLibrary): readonly ProfileRow[] {
  return [...library.profiles.values()]
    .filter(({ type }) => modelResourceTypes().has(type) || abstractResourceTypes.includes(type))
    .sort((a, b) => (`${a.type} ${a.key}` < `${b.type} ${b.key}` ? -1 : 1))
    .map((profile): ProfileRow => {
      const { key, url, version, title, type, supports } = profile
      const count = Object.hasOwn(tally.profiles, key) ? tally.profiles[key] : undefined
      const { claimed = 0, failed = 0, chosen = 0, unmet = 0, seen = [] } = count ?? {}
      return {
        ...{ url, version, title, type, claimed, failed, chosen, unmet },
        seen: supports.filter((_, i) => (seen[i] ?? 0) > 0),
        notSeen: supports.filter((_, i) => (seen[i] ?? 0) === 0),
        notChecked: notCheckedOf(profile, tally, library),
      }
    })
}

/** The unchecked rules of a profile and of the extensions that it names. */
function notCheckedOf(
  profile: Profile,
  tally: ProfileTally,
  library: ProfileLibrary,
): readonly UncheckedRule[] {
  const own = [...(library.notChecked.get(profile.key) ?? []), ...undecidedOf(profile, tally)]
  const extensions = library.extensions.uses(profile).flatMap(({ path, definition }) => {
    const theirs = [...(library.notChecked.get(definition.key) ?? []), ...undecidedOf(definition, tally)]
    return theirs.map((it) => ({ ...it, path: path + pathBelowRoot(it.path) }))
  })
  return [...own, ...extensions]
}

const reasons = {
  cast: 'it evaluates to nothing, perhaps because of its type cast, for',
  replaced: 'it evaluates to nothing where an extension replaces a value, for',
  failed: 'it cannot be evaluated for',
  slice: 'the packages and the resource do not show which items are in the slice, for',
} as const satisfies Readonly<Record<UndecidedReason, string>>

function undecidedOf(profile: Profile, { undecided }: ProfileTally): readonly UncheckedRule[] {
  return profile.constraints.flatMap(({ path, key }, at) =>
    (['cast', 'replaced', 'failed', 'slice'] as const).flatMap((why) => {
      const many = undecided[undecidedKey(profile, at, why)] ?? 0
      if (many === 0) return []
      return [{ profile: profile.key, path, what: key, because: `${reasons[why]} ${countOfResources(many)}` }]
    }),
  )
}

function countOfResources(many: number): string {
  return many === 1 ? '1 resource' : `${many} resources`
}

/** Sentences about claims, about extensions that no package defines, and about definitions that are left out. */
export function profileNotes(
  { unheld, unknownExtensions }: ProfileTally,
  packages: readonly FhirPackage[],
): readonly string[] {
  const sorted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    ...packages.flatMap(unusableNotes),
    ...sorted(unheld).map(
      ([what, many]) => `${countOfResources(many)} ${many === 1 ? 'claims' : 'claim'} ${what}.`,
    ),
    ...sorted(unknownExtensions).map(
      ([what, many]) => `${countOfResources(many)} ${many === 1 ? 'uses' : 'use'} ${what}.`,
    ),
  ]
}

// Enough to find the reason; packages for another release have hundreds.
const mostNamed = 10

function unusableNotes({ name, version, unusable }: FhirPackage): readonly string[] {
  const byReason = new Map<string, string[]>()
  for (const it of unusable) byReason.set(it.because, [...(byReason.get(it.because) ?? []), canonicalKey(it)])
  return [...byReason].map(([because, keys]) => {
    const named = keys.slice(0, mostNamed).join(', ')
    const more = keys.length > mostNamed ? ` and ${keys.length - mostNamed} more` : ''
    return `bulkcheck does not use ${named}${more} of ${name} ${version}: ${because}.`
  })
}
