import { type Reason, reasonOf } from './reason.ts'

/** One kind of violation that the evidence shows, written for the server's engineer. */
export interface Finding {
  /** A sentence in the present tense about the server's response or file: "The kick-off response has no Content-Location header." */
  readonly message: string
  readonly expected: string
  /** The message says what was expected: a summary need not repeat it. */
  readonly expectedInMessage?: true
  /** What was there instead where it was first seen. Of an output file it describes, and never quotes. */
  readonly actual: string
  readonly where: FindingLocation
  /** Number of occurrences. */
  readonly times: number
}

/** Where a violation first occurs. */
export interface FindingLocation {
  readonly exchange: number
  readonly part?: { readonly header: string } | { readonly pointer: string } | { readonly line: number }
}

/** The conclusion of a check. */
export type Judgement =
  | { readonly is: 'satisfied' }
  | { readonly is: 'violated'; readonly findings: readonly [Finding, ...Finding[]] }
  /** `never` says that the condition did not arise at all. */
  | { readonly is: 'undecided'; readonly reason: Reason; readonly never?: true }

/** The evidence meets the claim. */
export const satisfied: Judgement = { is: 'satisfied' }

/** The evidence cannot tell; words complete "cannot tell, because …", and name no exchange. */
export function undecided(reason: string | Reason): Judgement {
  return { is: 'undecided', reason: reasonOf(reason) }
}

/** The condition that the claim is about did not arise; words complete "does not apply, because …", and name no exchange. */
export function neverArose(reason: string | Reason): Judgement {
  return { is: 'undecided', reason: reasonOf(reason), never: true }
}

/** The evidence breaks the claim in one way; `times` is 1 by default. */
export function violated(finding: Omit<Finding, 'times'> & { readonly times?: number }): Judgement {
  return { is: 'violated', findings: [{ times: 1, ...finding }] }
}

/** Violated if one judgement is, otherwise undecided if one is, otherwise satisfied. Counts findings with the same message together. */
export function combineJudgements(judgements: readonly Judgement[]): Judgement {
  const findings = new Map<string, Finding>()
  for (const it of judgements) {
    if (it.is !== 'violated') continue
    for (const finding of it.findings) {
      const seen = findings.get(finding.message)
      findings.set(finding.message, seen ? { ...seen, times: seen.times + finding.times } : finding)
    }
  }
  const [first, ...rest] = findings.values()
  if (first) return { is: 'violated', findings: [first, ...rest] }
  const unsure = judgements.filter((it) => it.is === 'undecided')
  return unsure.find((it) => !it.never) ?? unsure[0] ?? satisfied
}

/** A value as JSON for a finding; beyond 120 characters it is cut and its length is added. */
export function displayValue(value: unknown): string {
  if (value === undefined) return 'absent'
  if (Array.isArray(value) && value.length > longestArray) return displayLongArray(value)
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}… (${text.length} characters)`
}

const longestShown = 120
const longestArray = 1_000

/** The same without the text of a whole list, in which one object may stand for many. */
function displayLongArray(values: readonly unknown[]): string {
  const lengths = new Map<unknown, number>()
  let text = '['
  let length = 1 + values.length
  for (const it of values) {
    const known = lengths.get(it)
    const own = known === undefined || text.length <= longestShown ? JSON.stringify(it) : ''
    length += known ?? own.length
    lengths.set(it, known ?? own.length)
    if (text.length <= longestShown) text += `${own},`
  }
  return `${text.slice(0, longestShown)}… (${length} characters)`
}
