import { findExchange } from '../../model/http/exchange.ts'
import { webUrl } from '../../model/http/url.ts'
import type { Reason } from '../../model/reason.ts'
import type { CitedRequirement, TestResult } from '../../model/result.ts'
import { curlCommand } from '../curl.ts'
import { truncate } from '../visible-text.ts'
import { splitTestId } from '../../model/plan.ts'
import {
  type EntryFinding,
  type EntryRow,
  type RequirementEntry,
  requirementEntries,
} from '../findings/requirement-entries.ts'
import { countOf } from '../standings.ts'
import { fileNamesOf, fileOf, exchangeSummary, partText, locationText } from '../location.ts'
import { type ReasonPart, reasonParts } from '../reason-text.ts'
import type { PageContext } from './page-context.ts'

/** A run of text, a piece of code, or a link. */
export interface TextPart {
  readonly text: string
  readonly code?: true
  readonly href?: string
}

/** Prose in parts: what stands between backticks is code, an http(s) URL is a link. */
export function proseParts(text: string): readonly TextPart[] {
  return parts(truncate(text, 2000), /`([^`]+)`|https?:\/\/[^\s<>"')]+/g, ([whole, code]) => {
    if (code !== undefined) return { text: code, code: true }
    const href = webUrl(whole)
    return href ? { text: whole, href } : { text: whole }
  })
}

/** A reason in parts: the exchanges that it names are links if the page shows them. */
export function linkedReason(reason: Reason, { result, kept }: PageContext): readonly TextPart[] {
  return truncateParts(reasonParts(reason, fileNamesOf(result)), 600).map(({ text, exchange }) =>
    exchange !== undefined && kept.has(exchange) ? { text, href: `#exchange-${exchange}` } : { text },
  )
}

function truncateParts(list: readonly ReasonPart[], most: number): readonly ReasonPart[] {
  const text = list.map((it) => it.text).join('')
  // A link must not be cut in two: the rest of a long sentence is text.
  return text.length <= most ? list : [{ text: truncate(text, most) }]
}

function parts(
  text: string,
  pattern: RegExp,
  part: (match: RegExpExecArray) => TextPart,
): readonly TextPart[] {
  const found: TextPart[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index) })
    found.push(part(match))
    from = match.index + match[0].length
  }
  if (from < text.length) found.push({ text: text.slice(from) })
  return found
}

/** One card a requirement: its sentence, its tests by level, and each kind of finding once. */
export function requirementCards(tests: readonly TestResult[], shown: PageContext): readonly object[] {
  return requirementEntries(tests, shown.findings).map((entry) => {
    const { requirement, title, rows, findings, rest, listed } = entry
    return {
      title,
      requirement: requirementView(requirement),
      rows: rows.map((row) => rowView(row, entry, shown)),
      listed,
      ...(rest ? { rest: `${rest}; results.json has them all` } : {}),
      findings: findings.map((finding, index) => {
        const again = findings.findIndex((it) => it.where.exchange === finding.where.exchange) < index
        return { ...findingView(finding, entry, shown), ...(again ? { curl: undefined } : {}) }
      }),
    }
  })
}

function requirementView({ id, level, statement, url, cites, note }: CitedRequirement): object {
  const href = webUrl(url)
  return {
    id,
    level,
    statement: proseParts(statement),
    ...(href ? { url: href } : { text: url }),
    ...(cites ? { cites: proseParts(cites) } : {}),
    ...(note ? { note: proseParts(note) } : {}),
  }
}

/** A row of a suite: each of its tests is a chip with the export level. */
function rowView(
  { id, title, source, tests }: EntryRow,
  { rows }: RequirementEntry,
  { anchors }: PageContext,
) {
  return {
    id,
    ...(rows.length > 1 ? { title } : {}),
    source: `${source.file}:${source.line}`,
    ...(tests.length === 1 && tests[0]?.[1] === undefined
      ? { anchor: tests[0] && anchors.get(tests[0][0]) }
      : { chips: tests.map(([test, level]) => ({ level, anchor: anchors.get(test) })) }),
    errors: tests.flatMap(([{ verdict }]) => (verdict.is === 'error' ? [verdict.error] : [])),
  }
}

function findingView(finding: EntryFinding, entry: RequirementEntry, { result, kept }: PageContext): object {
  const { message, expected, actual, where, times, seen } = finding
  const exchange = findExchange(result.exchanges, where.exchange)
  const linked = (number: number) => (kept.has(number) ? { href: `#exchange-${number}` } : {})
  return {
    message: truncate(message, 1000),
    expected: truncate(expected, 1000),
    actual: truncate(actual, 1000),
    seen: fileOf(result, where.exchange)
      ? { file: locationText(result, where) }
      : {
          name: `exchange ${where.exchange}`,
          ...linked(where.exchange),
          part: partText(where),
          short: exchange && truncate(exchangeSummary(exchange), 500),
        },
    // With one test there is nothing to tell apart.
    ...(entry.rows.length > 1 || entry.levels.length > 1
      ? { found: seen.map((it) => ({ name: foundBy(it.test, entry), ...linked(it.finding.where.exchange) })) }
      : {}),
    ...(times > 1 ? { more: `and ${countOf(times - 1, 'more time')}` } : {}),
    curl: exchange && curlCommand(exchange),
  }
}

/** The level of a test, or its id where several rows are at that level. */
function foundBy({ id }: TestResult, { rows }: RequirementEntry): string {
  return (rows.length === 1 ? splitTestId(id).level : undefined) ?? id
}
