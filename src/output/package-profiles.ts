import type { Profiles } from '../profiles/open.ts'

const opened = new Map<string, Promise<Profiles>>()

/** The profiles of packages at these paths, read once in each thread; `undefined` without packages. */
export async function profilesOfPackages(packages: readonly string[]): Promise<Profiles | undefined> {
  if (packages.length === 0) return undefined
  const key = packages.join('\n')
  const known = opened.get(key)
  if (known) return known
  // Loaded lazily, because most runs use no packages.
  const profiles = import('../profiles/open.ts').then((it) => it.openProfiles(packages))
  opened.set(key, profiles)
  return profiles
}
