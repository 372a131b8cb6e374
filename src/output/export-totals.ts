import type { OutputFile } from '../model/http/exchange.ts'
import { type ProfileTally, mergeProfileTallies } from '../profiles/summary/tally.ts'
import { type FileCheck, emptyTallies } from './lines/check-groups.ts'
import { type FileAttempt, mergeTallies } from './file-attempt.ts'
import type { LineCounts } from './lines/line-counts.ts'

/** The results of some files of an export. They survive serialization, except `index`, which writes rows. */
export interface PartialJudgeResult {
  readonly files: readonly OutputFile[]
  /** One for each check of the order. */
  readonly tallies: readonly unknown[]
  /** By position of the file. */
  readonly counted: ReadonlyMap<number, LineCounts>
  readonly profiled: readonly ProfileTally[]
  readonly index?: (write: (bytes: Uint8Array) => void) => void
}

/** The sums over all files of an export that count. */
export interface ExportTotals {
  readonly files: OutputFile[]
  tallies: readonly unknown[]
  readonly counted: Map<number, LineCounts>
  readonly profiled: ProfileTally[]
}

/** Begins sums without files. */
export function openTotals(checks: readonly FileCheck[]): ExportTotals {
  return { files: [], tallies: emptyTallies(checks), counted: new Map(), profiled: [] }
}

/** A check as it takes a whole file. */
type WholeFileCheck = { file?(tally: unknown, file: OutputFile, params: unknown): void }

/** Adds a file: what was judged of it counts from now on. */
export function addFile(
  totals: ExportTotals,
  attempt: FileAttempt,
  file: OutputFile,
  checks: readonly FileCheck[],
): void {
  if (attempt.tallies) totals.tallies = mergeTallies(totals.tallies, attempt.tallies, checks)
  for (const [at, { check, params, kind }] of checks.entries())
    if (kind === file.kind && attempt.whole)
      (check as WholeFileCheck).file?.(totals.tallies[at], file, params)
  totals.counted.set(file.number, attempt.counted)
  totals.profiled.push(...attempt.profiles)
  totals.files.push(file)
}

/** Adds what was found out elsewhere about other files. */
export function addPartialTotals(
  totals: ExportTotals,
  part: Omit<PartialJudgeResult, 'index'>,
  checks: readonly FileCheck[],
): void {
  totals.tallies = mergeTallies(totals.tallies, part.tallies, checks)
  for (const [number, it] of part.counted) totals.counted.set(number, it)
  totals.profiled.push(...part.profiled)
  totals.files.push(...part.files)
}

/** The sums as a part that can be added elsewhere; profiles in one tally. */
export function partialTotals({
  files,
  tallies,
  counted,
  profiled,
}: ExportTotals): Omit<PartialJudgeResult, 'index'> {
  return {
    ...{ files, tallies, counted },
    profiled: profiled.length > 0 ? [profiled.reduce(mergeProfileTallies)] : [],
  }
}
