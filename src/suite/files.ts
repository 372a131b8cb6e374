import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SuiteProblem } from './problem.ts'

/** The folder of the suites that come with the package. */
export const bundledSuitesFolder = fileURLToPath(new URL('../../suites', import.meta.url))

/** Files of the package's own requirements, or of its own suites, in order. */
export function bundledFiles(kind: 'suites' | 'requirements'): readonly string[] {
  return findSuiteFiles([bundledSuitesFolder])[kind]
}

/** The files at some paths and in folders, each once and in order; requirements apart. */
export function findSuiteFiles(paths: readonly string[]): {
  readonly suites: readonly string[]
  readonly requirements: readonly string[]
  readonly problems: readonly SuiteProblem[]
} {
  const suites = new Set<string>()
  const requirements = new Set<string>()
  const problems: SuiteProblem[] = []
  for (const path of paths.map((it) => resolve(it))) {
    const problem = (message: string) =>
      problems.push({ file: suiteDisplayPath(path), line: 1, column: 1, message })
    if (!existsSync(path)) problem('no such file or folder')
    else if (!statSync(path).isDirectory()) (isRequirements(path) ? requirements : suites).add(path)
    else {
      const files = suiteFilesBelow(path)
      for (const file of files) (isRequirements(file) ? requirements : suites).add(file)
      if (files.length === 0) problem('this folder contains no suites')
    }
  }
  return { suites: [...suites], requirements: [...requirements], problems }
}

function isRequirements(file: string): boolean {
  return basename(dirname(file)) === 'requirements'
}

function suiteFilesBelow(folder: string, above: readonly string[] = []): readonly string[] {
  const here = realpathSync(folder)
  // A link may lead back to its own folder.
  if (above.includes(here)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((it) => !it.name.startsWith('.') && it.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((it) => {
      const path = join(folder, it.name)
      if (isFolder(path)) return suiteFilesBelow(path, [...above, here])
      return /\.(ya?ml|json)$/.test(it.name) && !it.name.endsWith('.schema.json') ? [path] : []
    })
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // A broken link, or one to itself.
    return false
  }
}

/** A path for display: relative to the working directory or to the package, with forward slashes. */
export function suiteDisplayPath(path: string): string {
  const near = [process.cwd(), dirname(bundledSuitesFolder)].map((it) => relative(it, resolve(path)))
  const inside = near.find((it) => it !== '' && !it.startsWith('..') && resolve(it) !== it)
  return (inside ?? path).split(sep).join('/')
}
