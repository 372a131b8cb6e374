import { expect, test } from 'vitest'
import { hostileTexts, resultWithPayload } from './fixtures/hostile.ts'
import { everything } from './fixtures/result.ts'
import type { ReportName } from './format-files.ts'
import { reporterLoaders } from './formats.ts'
import { githubReporter } from './github/reporter.ts'
import { harReporter } from './har/reporter.ts'
import { markdownReporter } from './markdown/reporter.ts'
import { sarifReporter } from './sarif/reporter.ts'

const others = ['markdown', 'github', 'sarif', 'ctrf', 'har'] as const satisfies readonly ReportName[]

test.each(others)('%s: a run with everything', async (name) => {
  const report = (await reporterLoaders[name]())(everything)
  await expect(report).toMatchFileSnapshot(`${name}/fixtures/everything.${name}`)
})

test.each(['sarif', 'ctrf', 'har'] as const)('%s is JSON whatever a server wrote', async (name) => {
  const reporter = await reporterLoaders[name]()
  for (const payload of hostileTexts)
    expect(() => JSON.parse(reporter(resultWithPayload(payload))), payload).not.toThrow()
})

test.each(hostileTexts)('%j is text in Markdown', (payload) => {
  const tags = (text: string) =>
    markdownReporter(text === payload ? resultWithPayload(text) : resultWithPayload('harmless'))
      // A command stands in a block of code, where nothing is markup.
      .replace(/^(`{3,})sh\n.*\n\1$/gm, '')
      .replace(/ \[Specification\]\(<[^>]*>\)/g, '')
      .match(/<[^>]*>/g)
      ?.filter((it) => !/^<\/?code>$/.test(it))
  expect(tags(payload)).toEqual(tags('harmless'))
})

test.each(hostileTexts)('%j is text in an annotation', (payload) => {
  const lines = githubReporter(resultWithPayload(payload)).trimEnd().split('\n')
  expect(lines).toHaveLength(githubReporter(resultWithPayload('harmless')).trimEnd().split('\n').length)
  for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=[^:,]*::/)
})

test('annotations are no more than GitHub shows, and the last one counts the rest', () => {
  const [sample] = everything.tests.filter((it) => it.id === 'manifest/files@patient')
  if (!sample) throw new Error('the fixture has this test')
  const tests = Array.from({ length: 30 }, (_, index) => ({
    ...sample,
    id: `manifest/files-${index}`,
    requirement: { ...sample.requirement, id: `manifest.${index}` },
  }))
  const errors = githubReporter({ ...everything, tests }).match(/^::error .*$/gm)
  expect(errors).toHaveLength(10)
  expect(errors?.at(-1)).toContain('and 21 more')
})

test('a summary stays below what GitHub accepts', () => {
  const [sample] = everything.tests.filter((it) => it.id === 'manifest/files@patient')
  if (!sample) throw new Error('the fixture has this test')
  const tests = Array.from({ length: 3000 }, (_, index) => ({
    ...sample,
    id: `manifest/files-${index}`,
    requirement: { ...sample.requirement, id: `manifest.${index}` },
  }))
  const summary = markdownReporter({ ...everything, tests })
  expect(Buffer.byteLength(summary)).toBeLessThan(1_000_000)
  expect(summary).toContain('The rest does not fit')
})

test('SARIF places a finding of a file at its line', () => {
  const [sample] = everything.tests.filter((it) => it.id === 'manifest/files@patient')
  if (!sample) throw new Error('the fixture has this test')
  const log = JSON.parse(
    sarifReporter({
      ...everything,
      exchanges: [],
      tests: [sample],
      files: [
        { exchange: 4, name: 'out/My Patient.ndjson', kind: 'output', bytes: 1, lines: 8, resources: {} },
      ],
    }),
  )
  expect(log.runs[0].results[0].locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'out/My%20Patient.ndjson' },
    region: { startLine: 3 },
  })
})

test('an archive has the requests that were sent, and no other', () => {
  const [first, ...rest] = everything.exchanges
  if (!first) throw new Error('the fixture has exchanges')
  const { log } = JSON.parse(
    harReporter({ ...everything, exchanges: [{ ...first, received: true }, ...rest] }),
  ) as { log: { entries: { _exchange: number }[] } }
  expect(log.entries.map((it) => it._exchange)).toEqual(rest.map((it) => it.number))
})
