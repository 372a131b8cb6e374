import type { Profile } from '../compile/element-rules.ts'

/** What became of resources and profiles: survives a structured clone and JSON, and merges in any order. */
export interface ProfileTally {
  /** By `url|version` of the profile. */
  readonly profiles: Record<string, ProfileCount>
  /** Numbers of resources for which a constraint was undecided, by `undecidedKey`. */
  readonly undecided: Record<string, number>
  /** Resources that claim what no package has, by the words for what they claim. */
  readonly unheld: Record<string, number>
  /** Resources with extensions that no package defines, by the words for them. */
  readonly unknownExtensions: Record<string, number>
}

/** What became of the resources that were judged against one profile. */
interface ProfileCount {
  /** Resources that claim it, and those of them that do not conform to it. */
  claimed: number
  failed: number
  /** Resources it was chosen for, and those of them that do not conform to it. */
  chosen: number
  unmet: number
  /** In how many resources each thing that must be supported was seen, by position. */
  readonly seen: number[]
}

/** A resource and a profile that it was judged against. */
export interface ProfileOutcome {
  readonly profile: Profile
  /** Whether the resource claims it, or it was chosen. */
  readonly claimed: boolean
  readonly conforms: boolean
  /** 1 at the positions of what was seen of what must be supported. */
  readonly seen: Uint8Array
}

/** Counts a resource under each of some names. */
export function countEach(counts: Record<string, number>, names: Iterable<string>): void {
  for (const it of names) counts[it] = (counts[it] ?? 0) + 1
}

// More would be somebody's data.
const mostExtensions = 200
const otherExtensions = 'other extensions that no package defines'

/** Counts a resource under each URL of an extension that no package defines. */
export function countExtensions(counts: Record<string, number>, urls: Iterable<string>): void {
  const words = new Set<string>()
  for (const url of urls) {
    const it = isPlainUrl(url) ? `the extension ${url}, which no package defines` : otherExtensions
    words.add(it in counts || Object.keys(counts).length < mostExtensions ? it : otherExtensions)
  }
  countEach(counts, words)
}

// A URL of another form may hold anything.
function isPlainUrl(url: string): boolean {
  return (
    url.length <= 200 &&
    /^(https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~-]+)*\/?|urn:oid:[\d.]+)$/.test(url)
  )
}

/** Adds what became of one resource. */
export function addOutcomes({ profiles }: ProfileTally, outcomes: readonly ProfileOutcome[]): void {
  for (const { profile, claimed, conforms, seen } of outcomes) {
    let count = profiles[profile.key]
    if (!count) {
      count = { claimed: 0, failed: 0, chosen: 0, unmet: 0, seen: profile.supports.map(() => 0) }
      profiles[profile.key] = count
    }
    if (claimed) {
      count.claimed += 1
      if (!conforms) count.failed += 1
    } else {
      count.chosen += 1
      if (!conforms) count.unmet += 1
    }
    for (let i = 0; i < seen.length; i++) if (seen[i] === 1) count.seen[i] = (count.seen[i] ?? 0) + 1
  }
}

/** Both tallies in one. */
export function mergeProfileTallies(a: ProfileTally, b: ProfileTally): ProfileTally {
  const profiles: Record<string, ProfileCount> = { ...a.profiles }
  for (const [key, count] of Object.entries(b.profiles)) {
    const other = profiles[key]
    profiles[key] = other ? addProfileCounts(other, count) : count
  }
  return {
    profiles,
    undecided: addCounts(a.undecided, b.undecided),
    unheld: addCounts(a.unheld, b.unheld),
    unknownExtensions: addCounts(a.unknownExtensions, b.unknownExtensions),
  }
}

function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const all = { ...a }
  for (const [name, count] of Object.entries(b)) all[name] = (all[name] ?? 0) + count
  return all
}

function addProfileCounts(a: ProfileCount, b: ProfileCount): ProfileCount {
  return {
    claimed: a.claimed + b.claimed,
    failed: a.failed + b.failed,
    chosen: a.chosen + b.chosen,
    unmet: a.unmet + b.unmet,
    seen: a.seen.map((it, i) => it + (b.seen[i] ?? 0)),
  }
}
