import { canonicalUrl, type FhirPackage, canonicalKey, canonicalVersion } from './definitions.ts'

/** A definition, and the package that has it. */
export interface PackageDefinition<T> {
  readonly it: T
  readonly from: FhirPackage
}

/** The definitions of one kind that packages have. */
export interface CanonicalIndex<T> {
  /** Each `url|version` once, though packages may share some. */
  readonly all: readonly PackageDefinition<T>[]
  /** What a canonical stands for: the version that it names; or else the newest of the package that names it, or else of any. */
  find(canonical: string, within?: FhirPackage): PackageDefinition<T> | undefined
}

/** Puts definitions where canonicals find them. */
export function indexByCanonical<T extends { readonly url: string; readonly version?: string }>(
  packages: readonly FhirPackage[],
  kind: (it: FhirPackage) => readonly T[],
): CanonicalIndex<T> {
  const byUrl = new Map<string, PackageDefinition<T>[]>()
  const byKey = new Map<string, PackageDefinition<T>>()
  for (const from of packages)
    for (const it of kind(from)) {
      const found = { it, from }
      byKey.set(canonicalKey(it), found)
      byUrl.set(it.url, [...(byUrl.get(it.url) ?? []), found])
    }
  return {
    all: [...byKey.values()],
    find(canonical, within) {
      const version = canonicalVersion(canonical)
      const all = byUrl.get(canonicalUrl(canonical)) ?? []
      const fit = version === undefined ? all : all.filter(({ it }) => it.version === version)
      const own = fit.filter(({ from }) => from === within)
      return newest(own.length > 0 ? own : fit)
    },
  }
}

function newest<T extends { readonly version?: string }>(
  all: readonly PackageDefinition<T>[],
): PackageDefinition<T> | undefined {
  let best: PackageDefinition<T> | undefined
  for (const it of all)
    if (!best || compareVersions(it.it.version ?? '', best.it.version ?? '') >= 0) best = it
  return best
}

/** Above 0 if the first version is newer, by semantic versioning: what comes before a release is older than it. */
export function compareVersions(a: string, b: string): number {
  const [release, before] = partsOf(a)
  const [otherRelease, otherBefore] = partsOf(b)
  const byRelease = compare(release, otherRelease)
  if (byRelease !== 0) return byRelease
  if (before === '' || otherBefore === '') return (before === '' ? 1 : 0) - (otherBefore === '' ? 1 : 0)
  return compare(before, otherBefore)
}

function partsOf(version: string): readonly [release: string, before: string] {
  const [plain = ''] = version.split('+')
  const dash = plain.indexOf('-')
  return dash === -1 ? [plain, ''] : [plain.slice(0, dash), plain.slice(dash + 1)]
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
