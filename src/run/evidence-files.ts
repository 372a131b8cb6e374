import { isResourceType } from '../r4/facts.ts'
import type { OutputFile } from '../model/http/exchange.ts'
import { isSuccess } from '../model/http/status.ts'
import type { Plan, ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import type { ResultFile, ResultProfiles, ResultUncheckedCodes, RunResult } from '../model/result.ts'
import { uncheckedCodesCheck, uncheckedCodesIn } from '../checks/lines/structure.ts'
import { type ProbeFilesResult, tallyKey } from './probe-files.ts'

/** When the export of an evidence began, as its manifest says. */
export function transactionTimeOf(evidence: Evidence | undefined): string | undefined {
  if (evidence?.probe === 'files') return evidence.manifest?.transactionTime
  return evidence?.probe === 'export' && 'manifest' in evidence.export
    ? evidence.export.manifest?.transactionTime
    : undefined
}

/** Whether there are files to read; true of an empty export with a manifest too. */
export function hasFilesToRead(evidence: Evidence): boolean {
  if (outputFilesOf(evidence).length > 0) return true
  return (
    evidence.probe === 'export' &&
    evidence.export.state === 'complete' &&
    evidence.export.manifest.emptyOutput === true
  )
}

/** Whether a request was answered with success, so that its tests can be judged whatever was refused after it. */
export function hasSucceeded(evidence: Evidence | undefined): boolean {
  return evidence?.probe === 'request' && isSuccess(evidence.exchanges.at(-1)?.response?.status)
}

/** Whether the manifest of a complete export lists files. */
export function listsFiles(evidence: Evidence): boolean {
  return (
    evidence.probe === 'export' &&
    evidence.export.state === 'complete' &&
    evidence.export.manifest.items.length > 0
  )
}

/** The files that a probe brought. */
export function outputFilesOf(evidence: Evidence): readonly OutputFile[] {
  if (evidence.probe === 'request') return evidence.file ? [evidence.file] : []
  if (evidence.probe === 'files') return evidence.files
  return evidence.probe === 'export' && 'files' in evidence.export ? (evidence.export.files ?? []) : []
}

/** The evidence of probes, and what was read of their files. */
interface FilesRead {
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  readonly files: ReadonlyMap<ProbeKey, ProbeFilesResult>
}

/** The files that were read, in the order in which they came, and what each holds. */
export function resultFilesOf({ evidence, files: read }: FilesRead): readonly ResultFile[] {
  const found = [...read].flatMap(([key, { files }]) => {
    const brought = evidence.get(key)
    const known = new Map((brought ? outputFilesOf(brought) : []).map((it) => [it.number, it]))
    return files.flatMap(({ number, ...holds }): ResultFile[] => {
      const file = known.get(number)
      if (!file) return []
      const { exchange, kind, type } = file
      // The type in a manifest may be any value.
      return [{ exchange, kind, ...(isResourceType(type) ? { type } : {}), ...holds }]
    })
  })
  return found.sort((a, b) => a.exchange - b.exchange)
}

const structureTally = tallyKey('output', uncheckedCodesCheck.name, uncheckedCodesCheck.params)

/** The codes of each export that were not checked, the most frequent systems first. */
export function resultUncheckedCodesOf(
  plan: Plan,
  { files: read }: Pick<FilesRead, 'files'>,
): Pick<RunResult, 'uncheckedCodes'> {
  const uncheckedCodes = plan.probes.flatMap(({ key, label }): readonly ResultUncheckedCodes[] => {
    const codes = uncheckedCodesIn(read.get(key)?.tallies.get(structureTally))
    if (!codes) return []
    const named = [...codes].filter(([system]) => system !== '')
    named.sort(([a, times], [b, otherTimes]) => otherTimes - times || (a < b ? -1 : 1))
    return [{ of: label, systems: Object.fromEntries(named), others: codes.get('') ?? 0 }]
  })
  return uncheckedCodes.length > 0 ? { uncheckedCodes } : {}
}

/** What each export shows about the profiles of packages. */
export function resultProfilesOf(
  plan: Plan,
  { files: read }: Pick<FilesRead, 'files'>,
): { readonly profiles?: readonly ResultProfiles[] } {
  const profiles = plan.probes.flatMap(({ key, label }) => {
    const seen = read.get(key)?.profiles
    return seen ? [{ of: label, ...seen }] : []
  })
  return profiles.length > 0 ? { profiles } : {}
}
