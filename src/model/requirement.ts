/** Releases of the Bulk Data Access IG that requirements can name, oldest first. */
export const igReleases = ['1.0.1', '2.0.0', '3.0.0', '4.0.0-ballot'] as const

/** A release of the Bulk Data Access IG. */
export type IgRelease = (typeof igReleases)[number]

/** Releases whose wire format the harness speaks; any other is a configuration error. */
export const supportedReleases = igReleases

/** A release that a target can be tested against. */
export type SupportedRelease = (typeof supportedReleases)[number]

/** Releases of SMART App Launch that requirements can name, oldest first. */
export const smartReleases = ['2.0', '2.1', '2.2'] as const

/** A release of SMART App Launch. */
export type SmartRelease = (typeof smartReleases)[number]

/** The release of SMART App Launch that was current when a release of the Bulk Data Access IG was published. */
export function smartReleaseOf(ig: IgRelease): SmartRelease {
  return ig === '1.0.1' || ig === '2.0.0' ? '2.0' : '2.2'
}

/** The conformance verbs of RFC 2119, strongest first. */
export const requirementLevels = ['SHALL', 'SHOULD', 'MAY'] as const

/** The conformance verb of a requirement; a negative requirement has its negation in the statement. */
export type Level = (typeof requirementLevels)[number]

/** One normative sentence of a specification, and the releases in which it holds. */
export interface Requirement {
  /** Stable across releases, e.g. `export.kickoff.content-location.absolute`. */
  readonly id: string
  readonly level: Level
  /** One sentence in our own words, precise to status code, header and field name. */
  readonly statement: string
  /** Absolute URL into the specification, by release. */
  readonly at: Readonly<Partial<Record<IgRelease, string>>>
  /** First release in which the requirement holds; absent: the oldest. */
  readonly since?: IgRelease
  /** First release in which the requirement no longer holds. */
  readonly until?: IgRelease
  /** The releases of SMART App Launch in which it holds, from `since` until before `until`; absent: all. */
  readonly smart?: { readonly since?: SmartRelease; readonly until?: SmartRelease }
  /** For a derived requirement: the sentence of the standard it builds on, `RFC 6749 section 5.1 https://…`. */
  readonly cites?: string
  /** How we read an ambiguous sentence; shown with every failure. */
  readonly note?: string
  /** Why no test proves the requirement. */
  readonly untested?: string
  /** The tests of Inferno's test kits that are about it, by what they do with it; absent: none. */
  readonly inferno?: PeerTests
}

/** How far tests of a peer prove a requirement: all of it, a part of it, or nothing although they claim to. */
export const peerExtents = ['full', 'partial', 'claimed'] as const

/** Ids of a peer's tests of one requirement, by how far they prove it. */
export type PeerTests = Readonly<Partial<Record<(typeof peerExtents)[number], readonly string[]>>>

/** Whether the requirement holds in a release. */
export function appliesTo(requirement: Requirement, release: IgRelease): boolean {
  const at = igReleases.indexOf(release)
  const since = requirement.since ? igReleases.indexOf(requirement.since) : 0
  const until = requirement.until ? igReleases.indexOf(requirement.until) : igReleases.length
  return since <= at && at < until
}

/** Whether the requirement holds in a release of SMART App Launch. */
export function appliesToSmart({ smart = {} }: Requirement, release: SmartRelease): boolean {
  const at = smartReleases.indexOf(release)
  const since = smart.since ? smartReleases.indexOf(smart.since) : 0
  const until = smart.until ? smartReleases.indexOf(smart.until) : smartReleases.length
  return since <= at && at < until
}

/** Whether the requirement holds in a release, and in the release of SMART App Launch that was current then. */
export function holdsIn(requirement: Requirement, release: IgRelease): boolean {
  return appliesTo(requirement, release) && appliesToSmart(requirement, smartReleaseOf(release))
}

/** Whether `level` is at least as strong as `bar`: SHALL is stronger than SHOULD, SHOULD than MAY. */
export function atLeast(level: Level, bar: Level): boolean {
  return requirementLevels.indexOf(level) <= requirementLevels.indexOf(bar)
}
