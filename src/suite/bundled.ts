import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Requirement } from '../model/requirement.ts'
import type { Suite } from '../model/suite.ts'
import { bundledSuitesFolder, findSuiteFiles, suiteDisplayPath } from './files.ts'
import type { LoadedSuites } from './load.ts'
import type { Vocabulary } from './vocabulary.ts'

/** The bundled suites as the build left them: parsed and without problems. */
export interface CompiledSuites {
  /** Digest of the source texts; the compiled suites are used only for these. */
  readonly texts: string
  readonly sha256: string
  readonly requirements: readonly Requirement[]
  readonly suites: readonly {
    readonly suite: Suite
    /** Below the folder of bundled suites. */
    readonly file: string
    readonly lines: Readonly<Record<string, number>>
  }[]
}

/** Path of the compiled suites. */
export const compiledSuitesFile = fileURLToPath(new URL('../suites.json', import.meta.url))

/** The bundled suites, read from the build's output if the sources have not changed since. Throws SuiteError. */
export async function loadBundled(vocabulary: Vocabulary): Promise<LoadedSuites> {
  const compiled = readCompiledSuites()
  if (compiled) return restoreSuites(compiled, vocabulary)
  const { loadSuites } = await import('./load.ts')
  return loadSuites({ paths: [bundledSuitesFolder], vocabulary })
}

function readCompiledSuites(): CompiledSuites | undefined {
  try {
    const compiled = JSON.parse(readFileSync(compiledSuitesFile, 'utf8')) as CompiledSuites
    return compiled.texts === digestOfTexts() ? compiled : undefined
  } catch {
    // Not built: the program runs from source.
    return undefined
  }
}

/** The compiled suites, as if the files had just been read. */
export function restoreSuites(
  { suites, requirements, sha256 }: CompiledSuites,
  vocabulary: Vocabulary,
): LoadedSuites {
  return {
    suites: suites.map(({ suite, file, lines }) => ({
      suite,
      file: suiteDisplayPath(join(bundledSuitesFolder, file)),
      lineOf: (test) => lines[test] ?? 1,
    })),
    requirements: new Map(requirements.map((it) => [it.id, it])),
    vocabulary,
    sha256,
  }
}

/** The bundled suites as text for `loadBundled`. */
export function compileSuites({ suites, requirements, sha256 }: LoadedSuites): CompiledSuites {
  const files = findSuiteFiles([bundledSuitesFolder]).suites
  return {
    texts: digestOfTexts(),
    sha256,
    requirements: [...requirements.values()],
    suites: suites.map(({ suite, file, lineOf }) => ({
      suite,
      file: relative(bundledSuitesFolder, files.find((it) => suiteDisplayPath(it) === file) ?? file),
      lines: Object.fromEntries(Object.keys(suite.tests).map((it) => [it, lineOf(it)])),
    })),
  }
}

function digestOfTexts(): string {
  const { suites, requirements } = findSuiteFiles([bundledSuitesFolder])
  const hash = createHash('sha256')
  for (const file of [...suites, ...requirements])
    hash.update(relative(bundledSuitesFolder, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}
