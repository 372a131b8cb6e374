import { type SupportedRelease, appliesTo, supportedReleases } from '../../model/requirement.ts'
import { conflictsAmong } from '../../reference/faults/conflicts.ts'
import { faults } from '../../reference/faults/registry.ts'
import type { Fault } from '../../reference/faults/definition.ts'
import { concernOneMatter, deviationIn } from '../../reference/variations/conflicts.ts'
import type { Variation } from '../../reference/variations/definition.ts'
import { bundledFiles } from '../../suite/files.ts'
import { loadRequirements } from '../../suite/requirements.ts'
import { didYouMean, joinNames } from '../../model/spelling.ts'
import type { Args } from '../command.ts'
import type { Io } from '../terminal/io.ts'

/** The faults that `--fault` names; an unknown fault is a problem, with the nearest name. */
export function faultIdsFrom(args: Args, problems: string[]): readonly string[] {
  const ids = faults.map((it) => it.id)
  const asked = args.texts('fault').flatMap((it) => it.split(','))
  for (const id of asked)
    if (!ids.includes(id))
      problems.push(
        `unknown fault \`${id}\`${didYouMean(id, ids) || '; `bulkcheck serve --list-faults` lists all faults'}`,
      )
  return asked
}

/** Faults by their ids, and variations: what a provider shows. */
export interface Shown {
  readonly faults: readonly string[]
  readonly variations: readonly Variation[]
}

/** Problems for pairs of faults and variations that conflict. */
export function deviationConflicts(shown: Shown): readonly string[] {
  const deviations = [...faultsOf(shown.faults), ...shown.variations.map(deviationIn)]
  const replacing = conflictsAmong(deviations).map(({ between: [first, second], decisions, settings }) => {
    const shared = [
      ...(decisions.length > 0 ? [`replace ${joinNames(decisions, 'and')}`] : []),
      ...(settings.length > 0 ? [`set ${joinNames(settings, 'and')}`] : []),
    ]
    return `\`${first}\` and \`${second}\` conflict: both ${shared.join(' and ')}; name only one of them`
  })
  const contradicting = shown.variations.flatMap((first, at) =>
    shown.variations
      .slice(at + 1)
      .filter((second) => concernOneMatter(first, second))
      .map(({ id }) => `\`${first.id}\` and \`${id}\` exclude each other; name only one of them`),
  )
  return [...replacing, ...contradicting]
}

/** The releases of the provider in which a fault or a variation shows. */
type ShownReleases = readonly (readonly [id: string, releases: readonly SupportedRelease[]])[]

/**
 * The release of the provider that shows all of these: the one that was asked for, else the latest; the latest as well where
 * there is a problem. `because` names those that leave no choice.
 */
export function releaseShowing(
  deviations: Shown,
  asked: SupportedRelease | undefined,
  problems: string[],
): { readonly release: SupportedRelease; readonly because: readonly string[] } {
  const latest = '2.0.0'
  const shown = [...releasesOf(deviations.faults), ...deviations.variations.map(releasesOfVariation)]
  const common = supportedReleases.filter((it) => shown.every(([, releases]) => releases.includes(it)))
  if (common.length === 0) problems.push(`no release shows all of these: ${listed(shown)}`)
  else if (asked && !common.includes(asked)) {
    const unfit = shown.filter(([, releases]) => !releases.includes(asked))
    problems.push(`not everything has an effect in --release ${asked}: ${listed(unfit)}`)
  }
  const release = asked ?? (common.includes(latest) ? latest : (common[0] ?? latest))
  const because = shown.filter(([, releases]) => !releases.includes(latest)).map(([id]) => id)
  return { release, because: asked || release === latest ? [] : because }
}

// Faults and variations that name no release are tried with kick-off requests as releases before 4.0.0 have them.
const before4 = supportedReleases.filter((it) => it !== '4.0.0-ballot')

function releasesOfVariation({ id, release }: Variation): ShownReleases[number] {
  return [id, release ? [release] : before4]
}

function releasesOf(ids: readonly string[]): ShownReleases {
  if (ids.length === 0) return []
  const requirements = loadRequirements(bundledFiles('requirements'))
  return faultsOf(ids).map(({ id, release, breaks }) => {
    const requirement = requirements.get(breaks)
    const holds = before4.filter((it) => !requirement || appliesTo(requirement, it))
    return [id, release ? [release] : holds]
  })
}

function faultsOf(ids: readonly string[]): readonly Fault[] {
  return faults.filter((it) => ids.includes(it.id))
}

function listed(shown: ShownReleases): string {
  return shown.map(([id, releases]) => `\`${id}\` has an effect in ${releases.join(' and ')}`).join(', ')
}

/** Prints every fault with the requirement that it breaks and its level. */
export function listFaults(io: Io): number {
  const requirements = loadRequirements(bundledFiles('requirements'))
  const width = Math.max(...faults.map((it) => it.id.length))
  for (const { id, breaks } of faults)
    io.out(`${id.padEnd(width)}  ${(requirements.get(breaks)?.level ?? '').padEnd(6)}  ${breaks}\n`)
  return 0
}
