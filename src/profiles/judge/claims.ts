import { canonicalUrl, type FhirPackage } from '../package/definitions.ts'
import type { Profile } from '../compile/element-rules.ts'
import { modelResourceTypes } from './reference-target.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** What a resource claims in `meta.profile`. */
interface ProfileClaims {
  readonly profiles: readonly Profile[]
  /** What is claimed and no package has, in words of the packages: a claim may be anything that a file holds. */
  readonly unknownClaims: readonly string[]
}

/** Reads what a resource claims. */
export type ClaimReader = (resource: JsonObject) => ProfileClaims

const none: ProfileClaims = { profiles: [], unknownClaims: [] }
const core = 'http://hl7.org/fhir/StructureDefinition/'

/** Makes ready to read claims of the profiles of packages, in the version that a claim names or else in the newest. */
export function claimReader(
  packages: readonly FhirPackage[],
  {
    profiles,
    newest,
  }: { readonly profiles: ReadonlyMap<string, Profile>; readonly newest: ReadonlyMap<string, Profile> },
): ClaimReader {
  const named = profilesNamedBy(packages)
  const bases = packages.flatMap(({ canonical }) => (canonical === undefined ? [] : [canonical]))
  const wordsFor = (claim: string): string => {
    const url = canonicalUrl(claim)
    if (newest.has(url)) return `${url} in a version that no package has`
    if (named.has(url)) return `${url}, which no package has`
    const base = bases.find((it) => claim.startsWith(`${it}/`))
    return `profiles${base === undefined ? '' : ` below ${base}`} that no package has or names`
  }
  return ({ meta }) => {
    if (!isJsonObject(meta) || !Array.isArray(meta.profile)) return none
    const found = new Set<Profile>()
    const unheld = new Set<string>()
    for (const it of meta.profile as unknown[]) {
      if (typeof it !== 'string') continue
      const profile = profiles.get(it) ?? newest.get(it)
      if (profile) found.add(profile)
      else if (!isR4Definition(it)) unheld.add(wordsFor(it))
    }
    return { profiles: [...found], unknownClaims: [...unheld] }
  }
}

// The definition of a type itself: all resources of it are judged with FHIR R4.
function isR4Definition(claim: string): boolean {
  return claim.startsWith(core) && modelResourceTypes().has(canonicalUrl(claim).slice(core.length))
}

/** Profiles that packages name, whether they hold them or not. */
function profilesNamedBy(packages: readonly FhirPackage[]): ReadonlySet<string> {
  const named = new Set<string>()
  for (const { structures } of packages)
    for (const { baseDefinition, snapshot } of structures) {
      if (baseDefinition !== undefined) named.add(canonicalUrl(baseDefinition))
      for (const { type } of snapshot?.element ?? [])
        for (const { profile = [], targetProfile = [] } of type ?? [])
          for (const it of [...profile, ...targetProfile]) named.add(canonicalUrl(it))
    }
  return named
}
