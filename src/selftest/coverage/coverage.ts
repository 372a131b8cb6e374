import type { Level, PeerTests, SupportedRelease } from '../../model/requirement.ts'

/** What proves a requirement in one release. */
export interface ReleaseCoverage {
  /** Link to the specification. */
  readonly at: string
  /** Ids of the tests. */
  readonly tests: readonly string[]
  /** Ids of the faults of the reference provider that make them fail. */
  readonly faults: readonly string[]
}

/** What proves a requirement, release by release. */
export interface RequirementCoverage {
  readonly id: string
  readonly level: Level
  readonly statement: string
  /** By release; the requirement does not hold in one that is absent. */
  readonly releases: Readonly<Partial<Record<SupportedRelease, ReleaseCoverage>>>
  /** Why no test proves it. */
  readonly untested?: string
  readonly inferno?: PeerTests
}

/** Numbers of the requirements of one level in one release. */
export interface CoverageTotal {
  readonly release: SupportedRelease
  readonly level: Level
  readonly requirements: number
  /** With a test that a fault makes fail. */
  readonly tested: number
  /** With a reason why no test proves them. */
  readonly untested: number
  /** Inferno asserts the whole requirement, or a part of it, in a release that it has tests for. */
  readonly inferno: number
}

/** Releases for which Inferno has tests. */
const infernoReleases: readonly SupportedRelease[] = ['1.0.1', '2.0.0']

/** Whether Inferno asserts a requirement, or a part of it, in a release. */
function isAssertedByInferno({ inferno }: RequirementCoverage, release: SupportedRelease): boolean {
  return infernoReleases.includes(release) && (inferno?.full ?? inferno?.partial) !== undefined
}

/** The totals of some requirements by release and level. */
export function coverageTotals(
  rows: readonly RequirementCoverage[],
  releases: readonly SupportedRelease[],
  levels: readonly Level[],
): readonly CoverageTotal[] {
  return releases.flatMap((release) =>
    levels.map((level): CoverageTotal => {
      const held = rows.filter((it) => it.level === level && it.releases[release])
      return {
        release,
        level,
        requirements: held.length,
        tested: held.filter((it) => (it.releases[release]?.faults.length ?? 0) > 0).length,
        untested: held.filter((it) => it.untested !== undefined).length,
        inferno: held.filter((it) => isAssertedByInferno(it, release)).length,
      }
    }),
  )
}
