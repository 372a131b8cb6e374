import type { ResultUncheckedCodes, RunResult } from '../model/result.ts'
import { formatNumber } from './standings.ts'

/** The codes of an export that were not checked. */
export interface UncheckedCodesOverview {
  readonly of: string
  readonly all: number
  /** Those with most codes first; codes of other systems last. */
  readonly systems: readonly { readonly name: string; readonly count: string }[]
}

/** The codes that were not checked, by export. */
export function uncheckedCodesOverviews({
  uncheckedCodes = [],
}: RunResult): readonly UncheckedCodesOverview[] {
  return uncheckedCodes.map(overviewOf)
}

function overviewOf({ of, systems, others }: ResultUncheckedCodes): UncheckedCodesOverview {
  const named = Object.entries(systems).map(([name, times]) => ({ name, times }))
  const all = [...named, ...(others > 0 ? [{ name: 'other systems', times: others }] : [])]
  return {
    of,
    all: all.reduce((sum, { times }) => sum + times, 0),
    systems: all.map(({ name, times }) => ({ name, count: formatNumber(times) })),
  }
}
