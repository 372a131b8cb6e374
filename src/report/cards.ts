import type { Finding } from '../model/judgement.ts'
import type { CitedRequirement, TestResult } from '../model/result.ts'
import { curl } from './curl.ts'
import { capped } from './escape.ts'
import { listed } from './listed.ts'
import { count, groups } from './outline.ts'
import { exchangeOf, fileOf, inShort, partOf, seenIn, webUrl } from './place.ts'
import type { Shown } from './shown.ts'

/** A run of text, a piece of code, or a link. */
export interface Part {
  readonly text: string
  readonly code?: true
  readonly href?: string
}

/** Prose in parts: what stands between backticks is code, an http(s) URL is a link. */
export function prose(text: string): readonly Part[] {
  return parts(capped(text, 2000), /`([^`]+)`|https?:\/\/[^\s<>"')]+/g, ([whole, code]) => {
    if (code !== undefined) return { text: code, code: true }
    const href = webUrl(whole)
    return href ? { text: whole, href } : { text: whole }
  })
}

/** A reason in parts: the exchanges that it names are links if the page shows them. */
export function linked(text: string, { kept }: Shown): readonly Part[] {
  return parts(text, /exchange (\d+)/g, ([whole, number]) =>
    kept.has(Number(number)) ? { text: whole, href: `#exchange-${number}` } : { text: whole },
  )
}

function parts(text: string, pattern: RegExp, part: (match: RegExpExecArray) => Part): readonly Part[] {
  const found: Part[] = []
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
export function cardsOf(tests: readonly TestResult[], shown: Shown): readonly object[] {
  return groups(tests, (test) => test.requirement.id).map((group) => {
    const [first] = group
    const titles = new Set(group.map((test) => test.title))
    return {
      title: first.title,
      requirement: requirement(first.requirement),
      tests: group.map((test) => ({
        ...testOf(test, shown),
        ...(titles.size > 1 ? { title: test.title } : {}),
      })),
    }
  })
}

function requirement({ id, level, statement, url, cites, note }: CitedRequirement): object {
  const href = webUrl(url)
  return {
    id,
    level,
    statement: prose(statement),
    ...(href ? { url: href } : { text: url }),
    ...(cites ? { cites: prose(cites) } : {}),
    ...(note ? { note: prose(note) } : {}),
  }
}

function testOf(test: TestResult, shown: Shown): object {
  const { id, source, verdict } = test
  const { findings, rest } = listed(verdict, shown.findings)
  return {
    id,
    anchor: shown.anchors.get(test),
    source: `${source.file}:${source.line}`,
    ...(verdict.is === 'error' ? { remark: verdict.error.message } : {}),
    ...(rest ? { rest: `${rest}; results.json has them all` } : {}),
    stack: verdict.is === 'error' ? verdict.error.stack : undefined,
    findings: findings.map((finding, index) => {
      const again = findings.findIndex((it) => it.where.exchange === finding.where.exchange) < index
      return { ...found(finding, shown), ...(again ? { curl: undefined } : {}) }
    }),
  }
}

function found({ message, expected, actual, where, times }: Finding, { result, kept }: Shown): object {
  const exchange = exchangeOf(result, where.exchange)
  return {
    message: capped(message, 1000),
    expected: capped(expected, 1000),
    actual: capped(actual, 1000),
    seen: fileOf(result, where.exchange)
      ? { file: seenIn(result, where) }
      : {
          name: `exchange ${where.exchange}`,
          ...(kept.has(where.exchange) ? { href: `#exchange-${where.exchange}` } : {}),
          part: partOf(where),
          short: exchange && capped(inShort(exchange), 500),
        },
    ...(times > 1 ? { more: `and ${count(times - 1, 'more time')}` } : {}),
    curl: exchange && curl(exchange),
  }
}
