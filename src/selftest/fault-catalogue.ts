import {
  holdsIn,
  igReleases,
  type Level,
  type Requirement,
  type SupportedRelease,
  supportedReleases,
} from '../model/requirement.ts'
import { honestConfigurations, type NamedConfiguration } from '../reference/conduct/honest-configurations.ts'
import type { Fault } from '../reference/faults/definition.ts'
import { faultFile, faults as allFaults } from '../reference/faults/registry.ts'

type Requirements = ReadonlyMap<string, Requirement>

const configurationsFile = 'src/reference/conduct/honest-configurations.ts'

/** Requirements that faults and configurations name and that do not exist: a sentence for each, with the file to correct. */
export function unknownRequirements(
  requirements: Requirements,
  faults: readonly Fault[] = allFaults,
  configurations: readonly NamedConfiguration[] = honestConfigurations,
): readonly string[] {
  const missing = (ids: readonly string[] = []) => ids.filter((it) => !requirements.has(it))
  return [
    ...faults.flatMap(({ id, breaks, also }) => [
      ...missing([breaks]).map((it) => unknownIn(faultFile(id), `the fault ${id}`, `breaks ${it}`)),
      ...missing(also).map((it) => unknownIn(faultFile(id), `the fault ${id}`, `lists ${it} in \`also\``)),
    ]),
    ...configurations.flatMap(({ name, lacks }) =>
      missing(lacks).map((it) =>
        unknownIn(configurationsFile, `the configuration ${name}`, `lists ${it} in \`lacks\``),
      ),
    ),
  ]
}

function unknownIn(file: string, subject: string, claim: string): string {
  return `${file}: ${subject} ${claim}, but no file in suites/requirements has this requirement`
}

/** Throws a RangeError with every requirement that faults and configurations name and that does not exist. */
export function assertKnownRequirements(requirements: Requirements): void {
  const problems = unknownRequirements(requirements)
  if (problems.length > 0) throw new RangeError(problems.join('\n'))
}

/** The level of the requirement that a fault breaks; throws a RangeError with the fault's file if there is none. */
export function levelBroken(fault: Fault, requirements: Requirements): Level {
  const [problem] = unknownRequirements(requirements, [{ ...fault, also: [] }], [])
  const requirement = requirements.get(fault.breaks)
  if (!requirement) throw new RangeError(problem)
  return requirement.level
}

/** The releases in which a fault has an effect: those that have the requirement, from the first of the fault on. */
export function releasesOf(
  { breaks, release }: Fault,
  requirements: Requirements,
): readonly SupportedRelease[] {
  const requirement = requirements.get(breaks)
  const first = release ? igReleases.indexOf(release) : 0
  return supportedReleases.filter(
    (it) => igReleases.indexOf(it) >= first && (!requirement || holdsIn(requirement, it)),
  )
}

/** The release in which all tests judge a fault. */
export function mainReleaseOf(fault: Fault, requirements: Requirements): SupportedRelease {
  const releases = releasesOf(fault, requirements)
  return fault.release ?? (releases.includes('2.0.0') ? '2.0.0' : (releases[0] ?? '2.0.0'))
}

/** The file with most of the faults whose requirements are named most like this one: where a fault of it would be looked for. */
export function fileForFaultOf(requirement: string): string {
  const alike = allFaults.map(({ id, breaks }) => ({ id, segments: sharedSegments(breaks, requirement) }))
  const most = Math.max(1, ...alike.map((it) => it.segments))
  const files = alike.filter((it) => it.segments === most).map((it) => faultFile(it.id))
  const count = (file: string) => files.filter((it) => it === file).length
  return files.reduce((best, it) => (count(it) > count(best) ? it : best), files[0] ?? faultFile(''))
}

function sharedSegments(a: string, b: string): number {
  const [left, right] = [a.split('.'), b.split('.')]
  const differ = left.findIndex((it, at) => it !== right[at])
  return differ === -1 ? left.length : differ
}
