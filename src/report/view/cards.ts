import { findExchange } from '../../model/http/exchange.ts'
import { webUrl } from '../../model/http/url.ts'
import type { Finding } from '../../model/judgement.ts'
import type { Reason } from '../../model/reason.ts'
import type { CitedRequirement, TestResult } from '../../model/result.ts'
import { curlCommand } from '../curl.ts'
import { truncate } from '../visible-text.ts'
import { selectFindings } from '../finding-selection.ts'
import { countOf, groupBy } from '../standings.ts'
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

/** One card a requirement: its sentence, and below it each test of it with what was found. */
export function requirementCards(tests: readonly TestResult[], shown: PageContext): readonly object[] {
  return groupBy(tests, (test) => test.requirement.id).map((group) => {
    const [first] = group
    const titles = new Set(group.map((test) => test.title))
    return {
      title: first.title,
      requirement: requirementView(first.requirement),
      tests: group.map((test) => ({
        ...testView(test, shown),
        ...(titles.size > 1 ? { title: test.title } : {}),
      })),
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

function testView(test: TestResult, shown: PageContext): object {
  const { id, source, verdict } = test
  const { findings, rest } = selectFindings(verdict, shown.findings)
  return {
    id,
    anchor: shown.anchors.get(test),
    source: `${source.file}:${source.line}`,
    ...(verdict.is === 'error' ? { remark: verdict.error.message } : {}),
    ...(rest ? { rest: `${rest}; results.json has them all` } : {}),
    stack: verdict.is === 'error' ? verdict.error.stack : undefined,
    findings: findings.map((finding, index) => {
      const again = findings.findIndex((it) => it.where.exchange === finding.where.exchange) < index
      return { ...findingView(finding, shown), ...(again ? { curl: undefined } : {}) }
    }),
  }
}

function findingView(
  { message, expected, actual, where, times }: Finding,
  { result, kept }: PageContext,
): object {
  const exchange = findExchange(result.exchanges, where.exchange)
  return {
    message: truncate(message, 1000),
    expected: truncate(expected, 1000),
    actual: truncate(actual, 1000),
    seen: fileOf(result, where.exchange)
      ? { file: locationText(result, where) }
      : {
          name: `exchange ${where.exchange}`,
          ...(kept.has(where.exchange) ? { href: `#exchange-${where.exchange}` } : {}),
          part: partText(where),
          short: exchange && truncate(exchangeSummary(exchange), 500),
        },
    ...(times > 1 ? { more: `and ${countOf(times - 1, 'more time')}` } : {}),
    curl: exchange && curlCommand(exchange),
  }
}
