import type { Finding } from '../model/judgement.ts'
import type { Verdict } from '../model/result.ts'
import { countOf } from './standings.ts'

/** Kinds of finding that are listed for each test by default. */
export const defaultMaxFindings = 20

/** What a report lists of the findings of a verdict: all in their order, or else the most frequent, and a count of the rest. */
export function selectFindings(
  verdict: Verdict,
  most: number = defaultMaxFindings,
): { readonly findings: readonly Finding[]; readonly rest?: string } {
  const all = verdict.is === 'fail' ? verdict.findings : []
  if (all.length <= most) return { findings: all }
  const sorted = [...all].sort((a, b) => b.times - a.times)
  const times = sorted.slice(most).reduce((sum, it) => sum + it.times, 0)
  return {
    findings: sorted.slice(0, most),
    rest: `and ${countOf(all.length - most, 'more kind')} of violation, seen ${countOf(times, 'time')}`,
  }
}
