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
  if (verdict.is !== 'fail') return { findings: [] }
  const { findings: all, omitted = { kinds: 0, times: 0 } } = verdict
  const findings = all.length <= most ? all : [...all].sort((a, b) => b.times - a.times).slice(0, most)
  const left = all.length - findings.length + omitted.kinds
  if (left === 0) return { findings }
  const sum = (list: readonly Finding[]) => list.reduce((total, it) => total + it.times, 0)
  const times = sum(all) - sum(findings) + omitted.times
  return { findings, rest: `and ${countOf(left, 'more kind')} of violation, seen ${countOf(times, 'time')}` }
}
