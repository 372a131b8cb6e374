import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { Requirement } from '../model/requirement.ts'
import type { Suite } from '../model/suite.ts'
import { type YamlSource, parseYaml } from './yaml-source.ts'
import { schemaValidator } from './lint/schema-violations.ts'
import { bundledFiles, findSuiteFiles, suiteDisplayPath } from './files.ts'
import { suiteFileProblems } from './lint/suite-file.ts'
import { type SuiteProblem, SuiteError } from './problem.ts'
import { loadRequirements, readRequirements } from './requirements.ts'
import { suiteSchema } from './schema.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A suite and its place in a file. */
export interface LoadedSuite {
  readonly suite: Suite
  /** Relative to the working directory or to the package. */
  readonly file: string
  /** The line on which a test begins, from 1. */
  readonly lineOf: (test: string) => number
}

/** Suites without problems, with requirements and vocabulary. */
export interface LoadedSuites {
  readonly suites: readonly LoadedSuite[]
  readonly requirements: ReadonlyMap<string, Requirement>
  readonly vocabulary: Vocabulary
  /** Of the texts of all files, independent of their paths. */
  readonly sha256: string
  /** Names of the suites, where they are not the bundled ones, or not all of these. */
  readonly own?: readonly string[]
}

/** What to load. */
export interface LoadOptions {
  /** Suite files, or folders of `*.yaml`, `*.yml` and `*.json`; files in their `requirements/` are added to the requirements. */
  readonly paths: readonly string[]
  readonly vocabulary: Vocabulary
  /** Default: the bundled requirements. */
  readonly requirements?: ReadonlyMap<string, Requirement>
}

/** Reads suites. Throws a `SuiteError` that holds the problems of all files. */
export function loadSuites(options: LoadOptions): LoadedSuites {
  const { vocabulary } = options
  const found = findSuiteFiles(options.paths)
  const problems: SuiteProblem[] = [...found.problems]
  const texts: string[] = []
  const read = (file: string): YamlSource | undefined => {
    try {
      const text = readFileSync(file, 'utf8')
      texts.push(text)
      return parseYaml(suiteDisplayPath(file), text)
    } catch {
      // The system's own message contains paths of this machine.
      problems.push({ file: suiteDisplayPath(file), line: 1, column: 1, message: 'this file cannot be read' })
      return undefined
    }
  }
  const requirements = new Map(options.requirements ?? loadRequirements(bundledFiles('requirements')))
  for (const file of found.requirements) {
    const source = read(file)
    if (source) problems.push(...addRequirements(source, requirements))
  }
  const complaints = schemaValidator(suiteSchema(vocabulary))
  const suites: LoadedSuite[] = []
  for (const file of found.suites) {
    const source = read(file)
    if (!source) continue
    const wrong = suiteFileProblems(source, complaints, { vocabulary, requirements })
    problems.push(...wrong)
    if (wrong.length > 0) continue
    const { $schema: _, ...suite } = source.data as Suite & { $schema?: string }
    const twin = suites.find((it) => it.suite.suite === suite.suite)
    if (twin)
      problems.push(
        source.problem(['suite'], 'value', `the suite \`${suite.suite}\` already exists in ${twin.file}`),
      )
    const lineOf = (test: string) => source.problem(['tests', test], 'key', '').line
    suites.push({ suite, file: source.file, lineOf })
  }
  if (problems.length > 0) throw new SuiteError(inOrder(problems))
  const isWhole = bundledFiles('suites').every((it) => found.suites.includes(it))
  const own = isWhole ? {} : { own: suites.map(({ suite }) => suite.suite) }
  return { suites, requirements, vocabulary, sha256: digest(texts), ...own }
}

function addRequirements(source: YamlSource, known: Map<string, Requirement>): readonly SuiteProblem[] {
  const { rows, problems } = readRequirements(source)
  const twice: SuiteProblem[] = []
  for (const { requirement, problem } of rows) {
    const other = known.get(requirement.id)
    if (!other) known.set(requirement.id, requirement)
    // The folder of the bundled suites may be named although its requirements are loaded already.
    else if (!isDeepStrictEqual(other, requirement))
      twice.push(problem(`the requirement \`${requirement.id}\` already exists`))
  }
  return [...problems, ...twice]
}

function inOrder(problems: readonly SuiteProblem[]): readonly SuiteProblem[] {
  const files = [...new Set(problems.map((it) => it.file))]
  return [...problems].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  )
}

function digest(texts: readonly string[]): string {
  const hashes = texts.map((it) => createHash('sha256').update(it).digest('hex')).sort()
  return createHash('sha256').update(hashes.join('\n')).digest('hex')
}
