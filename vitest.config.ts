import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// What tests leave in the temporary folder goes when they are over.
const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-tests-'))
Object.assign(process.env, { TMPDIR: folder, TEMP: folder })
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

// What takes longest comes first, so that no core is idle at the end. The kill matrix works in threads of its own, and whatever else there is goes on
// beside it.
const longest = [
  '/selftest/kill-matrix.test.ts',
  '/src/selftest/',
  '/src/cli/',
  '/src/prover/',
  '/src/structure/',
  '/house/house.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((it) => moduleId.includes(it))
      return found < 0 ? longest.length : found
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

// It mocks a module and takes over the tests of other files by importing them: both need modules of its own.
const isolated = ['src/output/index/spilled-index.test.ts']

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One of them waits for the kill matrix, whose threads are two more.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['src/**/*.test.ts', 'bench/corpus/*.test.ts', 'house/*.test.ts'],
          exclude: [...configDefaults.exclude, ...isolated],
          // Loading modules for each file anew took a third of the time. So whatever a file changes for all (the environment, globals) it puts back.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'isolated', include: isolated } },
    ],
  },
})
