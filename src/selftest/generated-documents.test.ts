import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checks, picks } from '../checks/registry.ts'
import { bundledSuitesFolder } from '../suite/files.ts'
import { loadSuites } from '../suite/load.ts'
import { probeReferencesIn } from '../suite/probe-references.ts'
import { generatedDocuments, documentPath, currentText } from './generated-documents.ts'

test.each(generatedDocuments)(
  '$path is what the vocabulary says (`npm run documents` writes it)',
  ({ path, text }) => {
    const now = currentText(documentPath(path))
    expect(now).toBe(text(now))
  },
)

test('every link between our documents leads somewhere', () => {
  const pages = [
    'suites/README.md',
    'CONTRIBUTING.md',
    ...readdirSync(documentPath('docs'), { recursive: true }).flatMap((it) =>
      String(it).endsWith('.md') ? `docs/${it}` : [],
    ),
  ]
  for (const page of ['README.md', ...pages])
    for (const [, link = ''] of readFileSync(documentPath(page), 'utf8').matchAll(
      /\]\((?!https?:|#)([^)#]+)/g,
    )) {
      const folder = page.includes('/') ? page.slice(0, page.lastIndexOf('/') + 1) : ''
      expect(existsSync(documentPath(folder + link)), `${page}: ${link}`).toBe(true)
    }
})

test('every requirement of a release that can be tested has a test or says why not', () => {
  const { suites, requirements } = loadSuites({ paths: [bundledSuitesFolder], vocabulary: { checks, picks } })
  const tested = new Set(
    suites.flatMap(({ suite }) => Object.values(suite.tests).map((it) => it.requirement)),
  )
  const silent = [...requirements.values()].filter((it) => !it.untested && !tested.has(it.id))
  expect(
    silent.map(
      (it) =>
        `no test proves ${it.id}: add one to suites, or say why not in its \`untested\` in suites/requirements`,
    ),
  ).toEqual([])
  const both = [...requirements.values()].filter((it) => it.untested && tested.has(it.id))
  expect(both.map((it) => `${it.id} has a test: remove its \`untested\` from suites/requirements`)).toEqual(
    [],
  )
})

// No bundled suite asks this, but suites of others may: a simpler word for what two or three other checks say.
const forOtherSuites = ['accepted', 'body', 'within']

test('every check and every pick is used by a suite', () => {
  const { suites } = loadSuites({ paths: [bundledSuitesFolder], vocabulary: { checks, picks } })
  const parsed = suites.map((it) => it.suite)
  const claims = parsed.flatMap((it) => Object.values(it.tests)).flatMap((it) => [it, it.given ?? []].flat())
  // `every-manifest` takes checks as its parameters.
  const usedChecks = new Set(
    claims.flatMap(({ expect }) => [
      ...Object.keys(expect),
      ...Object.keys((expect['every-manifest'] ?? {}) as object),
    ]),
  )
  const usedPicks = new Set(probeReferencesIn(parsed).map((it) => it.pick))
  const unused = [
    ...checks
      .filter((it) => !usedChecks.has(it.name) && !forOtherSuites.includes(it.name))
      .map((it) => `the check \`${it.name}\``),
    ...picks.filter((it) => !usedPicks.has(it.name)).map((it) => `the pick \`${it.name}\``),
  ]
  expect(
    unused.map(
      (it) => `no test of suites uses ${it}: add a test that does to suites, or remove it from src/checks`,
    ),
  ).toEqual([])
  expect(
    forOtherSuites
      .filter((it) => usedChecks.has(it))
      .map((it) => `${it} is used: remove it from forOtherSuites`),
  ).toEqual([])
})
