import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Exchange } from '../../model/http/exchange.ts'
import type { RunResult } from '../../model/result.ts'
import { hostileTexts, resultWithPayload } from '../fixtures/hostile.ts'
import { everything, interrupted } from '../fixtures/result.ts'
import { htmlReporter } from './page.ts'

/** Names and attributes of every tag outside style and script. */
function tags(document: string): readonly string[] {
  const markup = document.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '<$1></$1>')
  return markup.match(/<[a-z!/][^>]*>/gi) ?? []
}

const names = (document: string) => tags(document).map((tag) => /^<[^\s>]+/.exec(tag)?.[0])

test('a run with everything', async () => {
  const markup = htmlReporter(everything)
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replace(/sha256-[^;]+;/g, 'sha256-…;')
  await expect(markup).toMatchFileSnapshot('fixtures/everything.html')
})

test('the policy allows exactly the style and the script that are in the page', () => {
  const document = htmlReporter(everything)
  const policy = /Content-Security-Policy" content="([^"]+)"/
    .exec(document)?.[1]
    ?.replaceAll('&#x27;', "'")
    .replaceAll('&#x3D;', '=')
  const hash = (name: string) => {
    const text = new RegExp(String.raw`<${name}>([\s\S]*?)</${name}>`).exec(document)?.[1] ?? ''
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  }
  expect(policy).toBe(
    `default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')}; base-uri 'none'; form-action 'none'`,
  )
})

test('nothing is loaded, and nothing is inline that the policy would block', () => {
  for (const tag of tags(htmlReporter(everything))) {
    expect(tag).not.toMatch(/\s(src|srcset|action|style|on\w+)=/i)
    expect(tag).not.toMatch(/^<(link|img|iframe|object|embed|base)\b/i)
  }
  expect(htmlReporter(everything)).not.toMatch(/@import|url\(/)
})

test.each(hostileTexts)('%j is inert in every field', (payload) => {
  const document = htmlReporter(resultWithPayload(payload))
  // The reference payload has no backticks and no URL either, which become code and links on purpose.
  const links = /^<\/?(a|code)$/
  expect(names(document).filter((it) => !links.test(it ?? ''))).toEqual(
    names(htmlReporter(resultWithPayload('harmless'))).filter((it) => !links.test(it ?? '')),
  )
  for (const tag of tags(document)) {
    expect(tag).not.toMatch(/\son\w+=/i)
    const href = /\shref="([^"]*)"/.exec(tag)?.[1]
    if (href !== undefined) expect(href).toMatch(/^(#[\w-]+|https?:\/\/)/)
    if (href?.startsWith('http')) expect(tag).toContain('rel="noopener noreferrer"')
  }
  expect(document).not.toMatch(/[\p{Cf}\p{Cs}]|(?![\n\t])\p{Cc}/u)
})

test('every link into the page has a target', () => {
  const document = htmlReporter(everything)
  const ids = new Set([...document.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id))
  for (const [, target] of document.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  expect(ids).toContain('exchange-7')
})

test('no id is there twice, also if test ids differ in punctuation only', () => {
  const [first] = everything.tests
  if (!first) throw new Error('the fixture has tests')
  const tests = [
    ...everything.tests,
    ...everything.tests.map((it) => ({ ...it, id: it.id.replace('/', '.') })),
  ]
  const ids = [...htmlReporter({ ...everything, tests }).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('headings descend one step at a time', () => {
  const levels = [...htmlReporter(everything).matchAll(/<h([1-6])/g)].map(([, level]) => Number(level))
  expect(levels[0]).toBe(1)
  for (const [index, level] of levels.entries())
    expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1)
})

test('an interrupted run says so at the top', () => {
  expect(htmlReporter(interrupted)).toContain('<strong>Incomplete.</strong>')
  expect(htmlReporter(everything)).not.toContain('<strong>Incomplete.</strong>')
})

test('the same result gives the same bytes', () => {
  expect(htmlReporter(structuredClone(everything))).toBe(htmlReporter(everything))
})

function large(): RunResult {
  const body = JSON.stringify(
    Array.from({ length: 600 }, () => ({ url: 'https://fhir.example.org/out/1.ndjson', type: "it's" })),
  )
  const exchanges = Array.from({ length: 3000 }, (_, index): Exchange => {
    const request = { method: 'GET', url: `https://fhir.example.org/r4/status/${index}`, headers: [] }
    const response = { status: 200, headers: [], framing: 'length' as const, bytes: body.length, body }
    return { number: index + 1, request, response, startedAt: everything.startedAt, durationMs: 1 }
  })
  const [first] = everything.tests
  if (!first) throw new Error('the fixture has tests')
  const tests = Array.from({ length: 1000 }, (_, index) => ({
    ...first,
    id: `token/${index}`,
    exchanges: [index * 3 + 1],
  }))
  return { ...everything, tests: [...tests, ...everything.tests], exchanges }
}

test('a report of 3000 exchanges stays below 10 MB, shows those of failures, and says what is missing', () => {
  const document = htmlReporter(large(), { allExchanges: true })
  expect(Buffer.byteLength(document)).toBeLessThan(10_000_000)
  for (const number of [1, 2, 3, 4, 5, 7]) expect(document).toContain(`id="exchange-${number}"`)
  expect(document).toMatch(
    /[\d,]+ exchanges are left out, because no verdict depends on them or the page is full; results\.json/,
  )
})

test('exchanges of tests that pass are left out, and shown with their neighbors if asked for', () => {
  const [issued] = everything.tests
  if (!issued) throw new Error('the fixture has tests')
  const result = { ...everything, tests: [{ ...issued, exchanges: [3] }] }
  const shown = (document: string) =>
    [...document.matchAll(/id="exchange-(\d)"/g)].map(([, number]) => number)
  expect(shown(htmlReporter(result, { allExchanges: true }))).toEqual(['2', '3', '4'])
  expect(shown(htmlReporter(result))).toEqual([])
  expect(htmlReporter(result)).toContain('no failed or inconclusive test depends on them')
})
