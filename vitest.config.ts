import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// What tests leave in the temporary folder goes when they are over.
const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-tests-'))
Object.assign(process.env, { TMPDIR: folder, TEMP: folder })
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'bench/corpus/*.test.ts', 'house/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
