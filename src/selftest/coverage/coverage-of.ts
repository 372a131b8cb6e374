import type { ReleaseCoverage, RequirementCoverage } from './coverage.ts'
import { holdsIn, supportedReleases } from '../../model/requirement.ts'
import { faults } from '../../reference/faults/registry.ts'
import type { LoadedSuites } from '../../suite/load.ts'
import { releasesOf } from '../fault-catalogue.ts'

/** What proves each requirement: its tests, and the faults that break it, which the kill matrix shows to make tests of it fail. */
export function coverageOf({ suites, requirements }: LoadedSuites): readonly RequirementCoverage[] {
  const tests = groupedBy(
    suites.flatMap(({ suite }) =>
      Object.entries(suite.tests).map(
        ([name, { requirement }]) => [requirement, `${suite.suite}/${name}`] as const,
      ),
    ),
  )
  const breaking = groupedBy(
    faults.flatMap((fault) => [fault.breaks, ...(fault.also ?? [])].map((id) => [id, fault] as const)),
  )
  return [...requirements.values()].map((requirement): RequirementCoverage => {
    const { id, level, statement, untested, inferno } = requirement
    const releases = supportedReleases
      .filter((it) => holdsIn(requirement, it))
      .map((release): readonly [string, ReleaseCoverage] => [
        release,
        {
          at: requirement.at[release] ?? '',
          tests: tests.get(id) ?? [],
          faults: (breaking.get(id) ?? [])
            .filter((it) => releasesOf(it, requirements).includes(release))
            .map((it) => it.id),
        },
      ])
    return {
      ...{ id, level, statement, releases: Object.fromEntries(releases) },
      ...(untested === undefined ? {} : { untested }),
      ...(inferno ? { inferno } : {}),
    }
  })
}

function groupedBy<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value])
  return groups
}
