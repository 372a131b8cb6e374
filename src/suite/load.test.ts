import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { vocabulary } from './fixtures/vocabulary.ts'
import { loadSuites } from './load.ts'
import { SuiteError } from './problem.ts'
import { loadRequirements } from './requirements.ts'

const folder = new URL('./fixtures/', import.meta.url).pathname
const requirements = loadRequirements([join(folder, 'requirements.yaml')])

function problemsOf(paths: readonly string[]): string {
  try {
    loadSuites({ paths, vocabulary, requirements })
    return ''
  } catch (error) {
    if (error instanceof SuiteError) return error.message
    throw error
  }
}

describe('what authors see when they err', () => {
  for (const name of readdirSync(folder).filter((it) => it.endsWith('.broken.yaml')))
    it(name, async () => {
      const seen = problemsOf([join(folder, name)]).replaceAll(`src/suite/fixtures/${name}:`, '')
      await expect(`${seen}\n`).toMatchFileSnapshot(
        join(folder, name.replace('.broken.yaml', '.problems.txt')),
      )
    })
})
