import type { OutputFile } from '../model/http/exchange.ts'
import type { ProfileTally } from '../profiles/summary/tally.ts'
import type { FileCheck } from './lines/check-groups.ts'
import { type LineCounts, addCounts } from './lines/line-counts.ts'
import type { SliceResult } from './local-judge.ts'

/** One file while it is judged. It counts once it is complete; after a halt, the judged part counts. */
export interface FileAttempt {
  readonly file: OutputFile
  readonly counted: LineCounts
  readonly profiles: ProfileTally[]
  /** One for each check; `undefined` before the first slice. */
  tallies: readonly unknown[] | undefined
  /** False once a slice ended at a halt. */
  whole: boolean
}

/** Starts judging a file from its beginning. */
export function openAttempt(file: OutputFile): FileAttempt {
  return {
    file,
    counted: { lines: 0, bytes: 0, resources: {} },
    profiles: [],
    tallies: undefined,
    whole: true,
  }
}

/** Adds what judging one slice of the file found, index rows apart. */
export function addSliceResult(
  attempt: FileAttempt,
  result: SliceResult,
  checks: readonly FileCheck[],
): void {
  attempt.whole &&= result.whole
  attempt.tallies = attempt.tallies ? mergeTallies(attempt.tallies, result.tallies, checks) : result.tallies
  addCounts(attempt.counted, result.counted)
  if (result.profiles) attempt.profiles.push(result.profiles)
}

/** Merges the tallies of each check. */
export function mergeTallies(
  a: readonly unknown[],
  b: readonly unknown[],
  checks: readonly FileCheck[],
): readonly unknown[] {
  return checks.map(({ check }, at) => check.merge(a[at], b[at]))
}
