import type { Finding } from '../../model/judgement.ts'
import type { Verdict } from '../../model/result.ts'
import { countOf } from '../standings.ts'

/** Kinds of finding that are listed for each requirement by default, in a JUnit report for each test. */
export const defaultMaxFindings = 20

/** What a report lists of findings, and a sentence about the rest. */
export interface SelectedFindings<T> {
  readonly findings: readonly T[]
  readonly rest?: string
}

/** What a report lists of the findings of a verdict: all in their order, or else the most frequent, and a count of the rest. */
export function selectFindings(verdict: Verdict, most?: number): SelectedFindings<Finding> {
  return verdict.is === 'fail' ? mostFrequent(verdict.findings, verdict.omitted, most) : { findings: [] }
}

/** All kinds in their order, or else the most frequent; `omitted` counts kinds that are not in the list. */
export function mostFrequent<T extends { readonly times: number }>(
  all: readonly T[],
  omitted: { readonly kinds: number; readonly times: number } = { kinds: 0, times: 0 },
  most: number = defaultMaxFindings,
): SelectedFindings<T> {
  const findings = all.length <= most ? all : [...all].sort((a, b) => b.times - a.times).slice(0, most)
  const left = all.length - findings.length + omitted.kinds
  if (left === 0) return { findings }
  const sum = (list: readonly T[]) => list.reduce((total, it) => total + it.times, 0)
  const times = sum(all) - sum(findings) + omitted.times
  return { findings, rest: `and ${countOf(left, 'more kind')} of violation, seen ${countOf(times, 'time')}` }
}
