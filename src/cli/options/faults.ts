import { type SupportedRelease, supportedReleases } from '../../model/requirement.ts'
import { conflictsAmong } from '../../reference/faults/conflicts.ts'
import { faults } from '../../reference/faults/registry.ts'
import type { Fault } from '../../reference/faults/definition.ts'
import { bundledFiles } from '../../suite/files.ts'
import { loadRequirements } from '../../suite/requirements.ts'
import { didYouMean, joinNames } from '../../model/spelling.ts'
import { releasesOf } from '../../selftest/fault-catalogue.ts'
import type { Args } from '../command.ts'

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

/** Problems for pairs of known faults that conflict. */
export function faultConflicts(ids: readonly string[]): readonly string[] {
  return conflictsAmong(faultsOf(ids)).map(({ faults: [first, second], decisions, settings }) => {
    const shared = [
      ...(decisions.length > 0 ? [`replace ${joinNames(decisions, 'and')}`] : []),
      ...(settings.length > 0 ? [`set ${joinNames(settings, 'and')}`] : []),
    ]
    return `the faults \`${first}\` and \`${second}\` conflict: both ${shared.join(' and ')}; name only one of them`
  })
}

/** The releases of the provider in which a fault shows. */
type FaultReleases = readonly (readonly [id: string, releases: readonly SupportedRelease[]])[]

/**
 * The release of the provider that shows all of these faults: the one that was asked for, else the latest; the latest as well where
 * there is a problem. `because` names the faults that leave no choice.
 */
export function releaseForFaults(
  ids: readonly string[],
  asked: SupportedRelease | undefined,
  problems: string[],
): { readonly release: SupportedRelease; readonly because: readonly string[] } {
  const latest = '2.0.0'
  const shown = releasesOfEach(ids)
  const common = supportedReleases.filter((it) => shown.every(([, releases]) => releases.includes(it)))
  if (common.length === 0) problems.push(`no release has all of these faults: ${listed(shown)}`)
  else if (asked && !common.includes(asked)) {
    const unfit = shown.filter(([, releases]) => !releases.includes(asked))
    problems.push(`not every fault has an effect in --release ${asked}: ${listed(unfit)}`)
  }
  const release = asked ?? (common.includes(latest) ? latest : (common[0] ?? latest))
  const because = shown.filter(([, releases]) => !releases.includes(latest)).map(([id]) => id)
  return { release, because: asked || release === latest ? [] : because }
}

function releasesOfEach(ids: readonly string[]): FaultReleases {
  if (ids.length === 0) return []
  const requirements = loadRequirements(bundledFiles('requirements'))
  return faultsOf(ids).map((it) => [it.id, releasesOf(it, requirements)])
}

function faultsOf(ids: readonly string[]): readonly Fault[] {
  return faults.filter((it) => ids.includes(it.id))
}

function listed(shown: FaultReleases): string {
  return shown.map(([id, releases]) => `\`${id}\` has an effect in ${releases.join(', ')}`).join(', ')
}
