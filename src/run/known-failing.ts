import type { ListedFailure, TestResult } from '../model/result.ts'

/** An entry of a known-failing file: the tests that it excuses, why, until when, and who looks after it. */
export interface KnownFailing extends ListedFailure {
  /** `*` stands for any text. */
  readonly pattern: string
}

/** A known-failing file that cannot be understood; each line of the message begins with the number of a line. */
export class KnownFailingError extends Error {
  override readonly name = 'KnownFailingError'
}

/**
 * The entries of a known-failing file: `pattern owner=NAME until=2026-12-31  # reason`, one a line. An entry without a comment of its own has the
 * reason in the comment lines above, up to a blank line. An entry expires when the day `until` has passed; `today` is a day as `2026-11-29`.
 * Throws KnownFailingError.
 */
export function parseKnownFailing(text: string, today: string): readonly KnownFailing[] {
  const entries: KnownFailing[] = []
  const problems: string[] = []
  let above: readonly string[] = []
  let isAfterComment = false
  for (const [at, whole] of text.split(/\r?\n/).entries()) {
    const { content, comment } = splitComment(whole.replace(/^\uFEFF/, ''))
    if (content === '') {
      const continues = comment !== undefined && isAfterComment
      above = [...(continues ? above : []), ...(comment ? [comment] : [])]
      isAfterComment = comment !== undefined
      continue
    }
    isAfterComment = false
    const entry = parseEntry(content, comment || above.join(' '), today)
    if (typeof entry === 'string') problems.push(`${at + 1}: ${entry}`)
    else entries.push(entry)
  }
  if (problems.length > 0) throw new KnownFailingError(problems.join('\n'))
  return entries
}

function splitComment(line: string): { readonly content: string; readonly comment?: string } {
  const found = /(?:^|\s)#(.*)$/.exec(line)
  return found
    ? { content: line.slice(0, found.index).trim(), comment: (found[1] ?? '').trim() }
    : { content: line.trim() }
}

/** An entry, or what is wrong with its line. */
function parseEntry(content: string, reason: string, today: string): KnownFailing | string {
  const [pattern = '', ...fields] = content.split(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/)
  const found: { owner?: string; until?: string } = {}
  for (const field of fields) {
    const [, name, quoted, plain] = /^([^=]*)=(?:"([^"]*)"|(.*))$/.exec(field) ?? []
    const value = quoted ?? plain ?? ''
    if (name !== 'owner' && name !== 'until')
      return `unexpected \`${field}\`; after the pattern an entry can have owner=NAME and until=YYYY-MM-DD, and its reason after #`
    if (found[name] !== undefined) return `${name} is given twice`
    if (value === '') return `${name} has no value`
    if (name === 'until' && !isDay(value)) return 'until is not a day; write it as 2026-12-31'
    found[name] = value
  }
  return {
    pattern,
    ...(reason === '' ? {} : { reason }),
    ...found,
    ...(found.until !== undefined && found.until < today ? { expired: true } : {}),
  }
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const time = Date.parse(text)
  return !Number.isNaN(time) && dayOf(time) === text
}

/** The day of an instant, in UTC. */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10)
}

/** What a known-failing file says about a test. An entry that has not expired goes before one that has. */
export function knownFailingOf(
  id: string,
  entries: readonly KnownFailing[],
): Pick<TestResult, 'knownFailing' | 'listed'> {
  const own = entries.filter(({ pattern }) => matchesPattern(id, pattern))
  const entry = own.find((it) => !it.expired) ?? own[0]
  if (!entry) return { knownFailing: false }
  const { pattern: _, ...listed } = entry
  return {
    knownFailing: !entry.expired,
    ...(Object.keys(listed).length > 0 ? { listed } : {}),
  }
}

/** Whether a test id meets one of the patterns. */
export function matchesAny(id: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesPattern(id, pattern))
}

// In a pattern `*` stands for any text.
function matchesPattern(id: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`).test(id)
}

/** Patterns that meet no test: a mistake in the file. */
export function unmatchedPatterns(patterns: readonly string[], ids: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => !ids.some((id) => matchesPattern(id, pattern)))
}
