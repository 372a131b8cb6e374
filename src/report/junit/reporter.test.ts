import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { expect, test } from 'vitest'
import type { Reason } from '../../model/reason.ts'
import type { RunResult, TestResult } from '../../model/result.ts'
import { visible } from '../visible-text.ts'
import { hostileTexts, resultWithPayload } from '../fixtures/hostile.ts'
import { everything, interrupted } from '../fixtures/result.ts'
import { junitReporter } from './reporter.ts'

interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Node[]
  text: string
}

/** What a parser that is not ours makes of a document; it throws on any ill-formedness. */
function parsed(document: string): Node {
  const root: Node = { name: '', attributes: {}, children: [], text: '' }
  const open: Node[] = [root]
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', (tag: SaxesTagPlain) => {
    const node: Node = { name: tag.name, attributes: tag.attributes, children: [], text: '' }
    open.at(-1)?.children.push(node)
    open.push(node)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.on('text', (text) => {
    const node = open.at(-1)
    if (node) node.text += text
  })
  parser.write(document).close()
  return root.children[0] ?? root
}

function all(node: Node, name: string): readonly Node[] {
  return [...(node.name === name ? [node] : []), ...node.children.flatMap((child) => all(child, name))]
}

function caseOf(result: RunResult, id: string): Node | undefined {
  return all(parsed(junitReporter(result)), 'testcase').find((it) => it.attributes.name?.startsWith(`${id} `))
}

function kinds(result: RunResult, id: string): readonly string[] {
  return caseOf(result, id)?.children.map((it) => it.name) ?? []
}

test('a run with everything', async () => {
  await expect(junitReporter(everything)).toMatchFileSnapshot('fixtures/everything.xml')
})

test.each([
  ['kick-off/content-location@patient', ['properties', 'failure']],
  ['kick-off/content-location@group', ['properties', 'error']],
  ['kick-off/outcome@patient', ['properties', 'skipped']],
  ['token/issued', ['properties']],
  ['token/short-lived', ['properties', 'failure']],
  ['token/replayed', ['properties', 'error']],
  ['manifest/request@patient', ['properties', 'skipped', 'system-out']],
  ['manifest/counts@patient', ['properties', 'system-out']],
  ['deletion/accepted@patient', ['properties', 'system-out']],
])('%s becomes %j', (id, children) => {
  expect(kinds(everything, id)).toEqual(children)
})

test('a lower bar turns what was below it into failures', () => {
  expect(kinds({ ...everything, failOn: 'SHOULD' }, 'manifest/counts@patient')).toEqual([
    'properties',
    'failure',
  ])
  expect(kinds({ ...everything, failOn: 'SHOULD' }, 'deletion/accepted@patient')).toEqual([
    'properties',
    'system-out',
  ])
  expect(kinds({ ...everything, failOn: 'MAY' }, 'deletion/accepted@patient')).toEqual([
    'properties',
    'failure',
  ])
})

test('what is inconclusive below the bar is skipped, never passed', () => {
  const may = everything.tests.map((it) => ({
    ...it,
    requirement: { ...it.requirement, level: 'MAY' as const },
  }))
  expect(kinds({ ...everything, tests: may }, 'kick-off/since@patient')).toEqual(['properties', 'skipped'])
})

test('a run that was interrupted or has warnings is red even if nothing failed', () => {
  const types = (run: RunResult) => all(parsed(junitReporter(run)), 'error').map((it) => it.attributes.type)
  expect(types({ ...interrupted, warnings: [] })).toEqual(['interrupted'])
  expect(types(interrupted)).toEqual(['interrupted', 'warning'])
  expect(types({ ...interrupted, complete: true })).toEqual(['warning'])
})

test('the counts are those of the elements, on every level', () => {
  const root = parsed(junitReporter(everything))
  for (const node of [root, ...root.children]) {
    expect(node.attributes.tests).toBe(String(all(node, 'testcase').length))
    expect(node.attributes.failures).toBe(String(all(node, 'failure').length))
    expect(node.attributes.errors).toBe(String(all(node, 'error').length))
    expect(node.attributes.skipped).toBe(String(all(node, 'skipped').length))
  }
})

test('no two test cases have the same class and name, also where ids and titles are the same', () => {
  const twice = { ...everything, tests: [...everything.tests, ...everything.tests] }
  const names = all(parsed(junitReporter(twice)), 'testcase').map(
    (it) => `${it.attributes.classname} ${it.attributes.name}`,
  )
  expect(new Set(names).size).toBe(twice.tests.length + 1)
})

test.each(hostileTexts)('%j arrives as data', (payload) => {
  const document = junitReporter(resultWithPayload(payload))
  const root = parsed(document)
  expect(document).not.toContain('CDATA')
  // One is about the run as a whole: it has a warning.
  expect(all(root, 'testcase').length).toBe(everything.tests.length + 1)
  const failure = all(root, 'failure').find((it) => it.attributes.type === 'SHALL')
  expect(failure?.attributes.message).toBe(visible(payload))
  expect(failure?.text).toContain(`expected: ${visible(payload)}\n`)
  for (const { attributes } of all(root, 'testcase')) {
    expect(attributes.classname).toMatch(/^bulkcheck\.[a-z0-9-]+\.[a-z0-9-]+$/)
    expect(attributes.name?.length).toBeLessThanOrEqual(512)
  }
})

test('a huge text is cut and says where the rest is', () => {
  const document = junitReporter(resultWithPayload('x '.repeat(100_000)))
  expect(document).toContain('results.json contains the rest')
  const check = (node: Node): void => {
    expect(node.text.length, node.name).toBeLessThan(64 * 1024)
    for (const value of Object.values(node.attributes)) expect(value.length).toBeLessThan(540)
    node.children.forEach(check)
  }
  check(parsed(document))
})

test('tests at levels that were not asked for are left out, other tests that do not apply are skipped', () => {
  const [first] = everything.tests
  if (!first) throw new Error('the fixture has tests')
  const with_ = (id: string, reason: Reason): TestResult => ({
    ...first,
    id,
    verdict: { is: 'not-applicable', reason },
  })
  const markup = junitReporter({
    ...everything,
    tests: [
      first,
      with_('token/other@system', { kind: 'level-not-claimed', level: 'system' }),
      with_('token/another', { kind: 'level-unknown' }),
    ],
  })
  expect(markup).not.toContain('token/other@system')
  expect(markup).toContain('token/another')
  expect(markup.match(/<skipped/g)).toHaveLength(1)
})
