import { compareVersions } from '../package/canonical-index.ts'
import {
  canonicalUrl,
  canonicalVersion,
  type FhirPackage,
  type UnusableDefinition,
} from '../package/definitions.ts'
import type { Profile } from '../compile/element-rules.ts'
import { modelResourceTypes } from './reference-target.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** What a resource claims in `meta.profile`. */
interface ProfileClaims {
  readonly profiles: readonly Profile[]
  /** What packages have for a claim of an earlier patch: a later one only corrects it. */
  readonly laterPatches: readonly Profile[]
  /** What is claimed and no package has, in words of the packages: a claim may be anything that a file holds. */
  readonly unknownClaims: readonly string[]
  /** Whether it claims a profile that needs a definition which cannot be used. */
  readonly isUnusable: boolean
}

/** Reads what a resource claims. */
export type ClaimReader = (resource: JsonObject) => ProfileClaims

/** What claims may name. */
interface ClaimedProfiles {
  readonly profiles: ReadonlyMap<string, Profile>
  readonly newest: ReadonlyMap<string, Profile>
  /** Whether a profile needs a definition that cannot be used. */
  readonly isUnusable: (profile: Profile) => boolean
}

const none: ProfileClaims = { profiles: [], laterPatches: [], unknownClaims: [], isUnusable: false }
const core = 'http://hl7.org/fhir/StructureDefinition/'

/** Makes ready to read claims of the profiles of packages, in the version that a claim names or else in the newest. */
export function claimReader(packages: readonly FhirPackage[], known: ClaimedProfiles): ClaimReader {
  const { profiles, newest } = known
  const named = profilesNamedBy(packages)
  const bases = packages.flatMap(({ canonical }) => (canonical === undefined ? [] : [canonical]))
  const unusable = packages.flatMap((it) => it.unusable)
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
    const patches = new Set<Profile>()
    const unheld = new Set<string>()
    let isUnusable = false
    for (const it of meta.profile as unknown[]) {
      if (typeof it !== 'string') continue
      const profile = profiles.get(it) ?? newest.get(it)
      const patch = profile ? undefined : laterPatch(it, profiles)
      const left = profile ? undefined : unusable.find((other) => isClaimed(it, other))
      if (profile) {
        found.add(profile)
        isUnusable ||= known.isUnusable(profile)
      } else if (patch) {
        patches.add(patch)
        unheld.add(`an earlier patch of ${patch.key}; bulkcheck used the later one`)
      } else if (left) {
        isUnusable = true
        unheld.add(`${left.url}, which bulkcheck cannot use`)
      } else if (!isR4Definition(it)) unheld.add(wordsFor(it))
    }
    return { profiles: [...found], laterPatches: [...patches], unknownClaims: [...unheld], isUnusable }
  }
}

function isClaimed(claim: string, { url, version }: UnusableDefinition): boolean {
  const named = canonicalVersion(claim)
  return canonicalUrl(claim) === url && (named === undefined || version === undefined || named === version)
}

/** The latest patch of the release that a claim names, if it is later. */
function laterPatch(claim: string, profiles: ReadonlyMap<string, Profile>): Profile | undefined {
  const url = canonicalUrl(claim)
  const [, release, patch] = /^(\d+\.\d+)\.(\d+)$/.exec(canonicalVersion(claim) ?? '') ?? []
  let latest: Profile | undefined
  if (release === undefined) return undefined
  for (const it of profiles.values()) {
    const [, ofRelease, ofPatch] = /^(\d+\.\d+)\.(\d+)$/.exec(it.version) ?? []
    const isLater = it.url === url && ofRelease === release && Number(ofPatch) > Number(patch)
    if (isLater && (!latest || compareVersions(it.version, latest.version) > 0)) latest = it
  }
  return latest
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
