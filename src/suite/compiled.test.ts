import { expect, test } from 'vitest'
import { checks, picks } from '../checks/index.ts'
import { compiledFrom, loadBundled, loadedFrom } from './compiled.ts'
import { bundledSuites } from './files.ts'
import { type Loaded, loadSuites } from './load.ts'

const vocabulary = { checks, picks }
const plain = ({ suites, requirements, sha256 }: Loaded) => ({
  suites: suites.map(({ suite, file, lineOf }) => ({
    suite,
    file,
    lines: Object.keys(suite.tests).map((it) => lineOf(it)),
  })),
  requirements: [...requirements],
  sha256,
})

test('what the build writes down is what loading gives', async () => {
  const loaded = loadSuites({ paths: [bundledSuites], vocabulary })
  const written = JSON.parse(JSON.stringify(compiledFrom(loaded)))
  expect(plain(loadedFrom(written, vocabulary))).toEqual(plain(loaded))
  expect(plain(await loadBundled(vocabulary))).toEqual(plain(loaded))
})
