import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// What tests leave in the temporary folder goes when they are over.
const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-tests-'))
Object.assign(process.env, { TMPDIR: folder, TEMP: folder })
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

// The kill matrix works in threads of its own, and longest: whatever else there is goes on beside it.
class MatrixFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const sorted = await super.sort(files)
    const isMatrix = (it: TestSpecification) => it.moduleId.endsWith('/selftest/kill-matrix.test.ts')
    return [...sorted.filter(isMatrix), ...sorted.filter((it) => !isMatrix(it))]
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'bench/corpus/*.test.ts', 'house/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One of them waits for the kill matrix.
    maxWorkers: 3,
    sequence: { sequencer: MatrixFirst },
  },
})
