import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checks, picks } from '../checks/registry.ts'
import { bundledSuitesFolder } from '../suite/files.ts'
import { loadSuites } from '../suite/load.ts'
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
    ...readdirSync(documentPath('docs')).map((it) => `docs/${it}`),
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
  expect(silent.map((it) => it.id)).toEqual([])
  const both = [...requirements.values()].filter((it) => it.untested && tested.has(it.id))
  expect(both.map((it) => it.id)).toEqual([])
})

test('every check and every pick is used by a suite', () => {
  const { suites } = loadSuites({ paths: [bundledSuitesFolder], vocabulary: { checks, picks } })
  const text = JSON.stringify(suites.map((it) => it.suite))
  expect(checks.map((it) => it.name).filter((it) => !text.includes(`"${it}":`))).toEqual([])
  expect(picks.map((it) => it.name).filter((it) => !text.includes(`"pick":"${it}"`))).toEqual([])
})
