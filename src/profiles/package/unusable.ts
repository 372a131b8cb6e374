import { canonicalUrl, type FhirPackage, type StructureDefinition, type ValueSet } from './definitions.ts'

/** URLs of definitions that cannot be used and that no package has in a form that can, and of value sets that need them. */
export function unusableUrls(packages: readonly FhirPackage[]): ReadonlySet<string> {
  const usable = new Set(
    packages.flatMap((it) => [...it.structures, ...it.valueSets, ...it.codeSystems].map(({ url }) => url)),
  )
  const urls = new Set<string>()
  for (const { unusable } of packages) for (const { url } of unusable) if (!usable.has(url)) urls.add(url)
  if (urls.size === 0) return urls
  const sets = packages.flatMap(({ valueSets }) => valueSets)
  // A set may take in another that is found later.
  for (let before = -1; before !== urls.size; ) {
    before = urls.size
    for (const it of sets) if (takesIn(it, urls)) urls.add(it.url)
  }
  return urls
}

function takesIn({ compose }: ValueSet, urls: ReadonlySet<string>): boolean {
  return [...(compose?.include ?? []), ...(compose?.exclude ?? [])].some(
    ({ system, valueSet = [] }) =>
      (system !== undefined && urls.has(system)) || valueSet.some((it) => urls.has(canonicalUrl(it))),
  )
}

/** Whether the rules of a profile need one of some definitions. */
export function needsOneOf({ snapshot }: StructureDefinition, urls: ReadonlySet<string>): boolean {
  if (urls.size === 0) return false
  return (snapshot?.element ?? []).some(({ type = [], binding }) => {
    const bound = binding?.strength === 'required' ? binding.valueSet : undefined
    const profiles = type.flatMap(({ profile = [] }) => profile)
    return [...profiles, ...(bound === undefined ? [] : [bound])].some((it) => urls.has(canonicalUrl(it)))
  })
}
