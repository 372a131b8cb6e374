import { expect, test } from 'vitest'
import { checks, picks } from '../checks/registry.ts'
import { compileSuites, loadBundled, restoreSuites } from './bundled.ts'
import { bundledSuitesFolder } from './files.ts'
import { type LoadedSuites, loadSuites } from './load.ts'

const vocabulary = { checks, picks }
const plain = ({ suites, requirements, sha256 }: LoadedSuites) => ({
  suites: suites.map(({ suite, file, lineOf }) => ({
    suite,
    file,
    lines: Object.keys(suite.tests).map((it) => lineOf(it)),
  })),
  requirements: [...requirements],
  sha256,
})

test('what the build writes down is what loading gives', async () => {
  const loaded = loadSuites({ paths: [bundledSuitesFolder], vocabulary })
  const written = JSON.parse(JSON.stringify(compileSuites(loaded)))
  expect(plain(restoreSuites(written, vocabulary))).toEqual(plain(loaded))
  expect(plain(await loadBundled(vocabulary))).toEqual(plain(loaded))
})
