import type { UncheckedRule, ProfileRow } from '../../model/fhir/profile-coverage.ts'
import type { FhirPackage } from '../package/definitions.ts'
import type { UndecidedReason } from '../compile/fhirpath.ts'
import type { ProfileLibrary } from '../compile/library.ts'
import type { Profile } from '../compile/element-rules.ts'
import type { ProfileTally } from './tally.ts'
import { abstractResourceTypes, modelResourceTypes } from '../judge/reference-target.ts'
import { pathWithinExtension } from '../compile/extension-definitions.ts'
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
    return theirs.map((it) => ({ ...it, path: path + pathWithinExtension(it.path) }))
  })
  return [...own, ...extensions]
}

const reasons = {
  cast: 'it evaluates to nothing, perhaps because of its type cast, for',
  replaced: 'it evaluates to nothing where an extension replaces a value, for',
  failed: 'it cannot be evaluated for',
} as const satisfies Readonly<Record<UndecidedReason, string>>

function undecidedOf(profile: Profile, { undecided }: ProfileTally): readonly UncheckedRule[] {
  return profile.constraints.flatMap(({ path, key }, at) =>
    (['cast', 'replaced', 'failed'] as const).flatMap((why) => {
      const many = undecided[undecidedKey(profile, at, why)] ?? 0
      if (many === 0) return []
      return [{ profile: profile.key, path, what: key, because: `${reasons[why]} ${countOfResources(many)}` }]
    }),
  )
}

function countOfResources(many: number): string {
  return many === 1 ? '1 resource' : `${many} resources`
}

/** Sentences about claims of unknown profiles and about skipped definitions. */
export function profileNotes({ unheld }: ProfileTally, packages: readonly FhirPackage[]): readonly string[] {
  const claims = Object.entries(unheld).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    ...packages.flatMap(({ name, version, skipped: { noSnapshot, otherFhir } }) => [
      ...skippedDefinitions(
        noSnapshot,
        noSnapshot === 1 ? 'has no snapshot' : 'have no snapshot',
        `${name} ${version}`,
      ),
      ...skippedDefinitions(
        otherFhir,
        `${otherFhir === 1 ? 'is' : 'are'} for another FHIR release`,
        `${name} ${version}`,
      ),
    ]),
    ...claims.map(([what, many]) => `${countOfResources(many)} ${many === 1 ? 'claims' : 'claim'} ${what}.`),
  ]
}

function skippedDefinitions(many: number, why: string, of: string): readonly string[] {
  return many === 0
    ? []
    : [`${many} of the definitions in ${of} ${why}; bulkcheck does not use ${many === 1 ? 'it' : 'them'}.`]
}
