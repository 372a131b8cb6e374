import { canonicalUrl, canonicalVersion } from '../package/definitions.ts'
import type { Profile } from './element-rules.ts'

/** An extension that a profile names, or that an extension of its names: where, and its definition. */
interface ExtensionUse {
  readonly path: string
  readonly definition: Profile
}

/** Which definitions of extensions go with which profiles. */
export interface ExtensionDefinitions {
  /** The definitions for an extension of a resource that was validated against some profiles. */
  definitions(url: string, profiles: readonly Profile[]): readonly Profile[]
  /** The extensions of a profile, those within them included. */
  uses(profile: Profile): readonly ExtensionUse[]
}

/**
 * A profile means the version that it names, or else the one of its own package; where no profile has a say, the newest counts. A version that is
 * not there is nothing to judge by.
 */
export function extensionDefinitions(
  find: (canonical: string, of?: Profile) => Profile | undefined,
  isOwn: (profile: Profile, url: string) => boolean,
): ExtensionDefinitions {
  const known = new Map<Profile, Map<string, readonly Profile[] | undefined>>()
  const meantBy = (profile: Profile, url: string): readonly Profile[] | undefined => {
    const pins = profile.extensions.filter(
      (it) => canonicalUrl(it.canonical) === url && canonicalVersion(it.canonical),
    )
    if (pins.length > 0) return pins.flatMap(({ canonical }) => find(canonical, profile) ?? [])
    return isOwn(profile, url) ? asList(find(url, profile)) : undefined
  }
  const meant = (profile: Profile, url: string): readonly Profile[] | undefined => {
    const byUrl = known.get(profile) ?? new Map<string, readonly Profile[] | undefined>()
    known.set(profile, byUrl)
    if (!find(url)) return []
    if (!byUrl.has(url)) byUrl.set(url, meantBy(profile, url))
    return byUrl.get(url)
  }
  return {
    definitions(url, profiles) {
      const said = profiles.map((it) => meant(it, url)).filter((it) => it !== undefined)
      return (said.length > 0 ? [...new Set(said.flat())] : asList(find(url))).filter(isExtension)
    },
    uses(profile) {
      const met = new Set<Profile>([profile])
      const uses: ExtensionUse[] = []
      const add = (user: Profile, pathOf: (path: string) => string): void => {
        for (const { path, canonical } of user.extensions) {
          const definition = find(canonical, user)
          if (!definition || met.has(definition)) continue
          met.add(definition)
          uses.push({ path: pathOf(path), definition })
        }
      }
      add(profile, (path) => path)
      // It grows while it is gone through.
      for (const { path, definition } of uses) add(definition, (it) => path + pathBelowRoot(it))
      return uses
    },
  }
}

/** What a definition calls an element, without its root. */
export function pathBelowRoot(path: string): string {
  const dot = path.indexOf('.')
  return dot === -1 ? '' : path.slice(dot)
}

function isExtension({ type }: Profile): boolean {
  return type === 'Extension'
}

function asList<T>(it: T | undefined): readonly T[] {
  return it === undefined ? [] : [it]
}
