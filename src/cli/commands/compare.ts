import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import { compareResults } from '../../report/comparison/compare.ts'
import { comparedInferno, comparedRun, type ComparedResult } from '../../report/comparison/compared-tests.ts'
import { comparisonHtml, comparisonMarkdown, comparisonText } from '../../report/comparison/reporters.ts'
import { fileErrorReason } from '../../storage/file-error.ts'
import type { Command } from '../command.ts'
import { displayPath, ensureWritableFolder, writeReport } from '../output-folder.ts'
import { resultOf } from '../result-file.ts'
import type { Io } from '../terminal/io.ts'

/** `bulkcheck compare`: what became better and worse from one result to another. */
export const compareCommand: Command = {
  usage: 'compare <before> <after>',
  describe: 'Compare two results: what fails anew, is mended, appeared or takes longer',
  positionals: {
    before: {
      type: 'string',
      describe: 'Earlier result: results.json, or the results of an Inferno session',
    },
    after: { type: 'string', describe: 'Later result of the same tool' },
  },
  options: {
    output: {
      type: 'string',
      requiresArg: true,
      describe: 'Folder for comparison.html and comparison.md (default: none)',
    },
  },
  examples: [
    [
      '$0 compare release-1/results.json bulkcheck-report/results.json',
      'Exit with 1 if the newer release is worse',
    ],
  ],
  async perform(args, io) {
    const sides = await Promise.all(['before', 'after'].map((it) => readSide(args.text(it) ?? '', io)))
    const [before, after] = sides as [Side, Side]
    if (before.tool !== after.tool)
      throw new UsageError('the results are of different tools, whose tests have different names')
    const comparison = compareResults(before.result, after.result)
    io.out(comparisonText(comparison))
    const output = args.text('output')
    if (output !== undefined) {
      const folder = resolve(io.cwd, output)
      await ensureWritableFolder(folder, io.cwd)
      const pages = [
        [join(folder, 'comparison.html'), comparisonHtml(comparison)],
        [join(folder, 'comparison.md'), comparisonMarkdown(comparison)],
      ] as const
      const problems: string[] = []
      for (const [path, text] of pages) {
        const problem = await writeReport(path, text, io.cwd)
        if (problem === undefined) io.out(`${displayPath(path, io.cwd)}\n`)
        else problems.push(problem)
      }
      if (problems.length > 0) throw new UsageError(problems.join('\n'))
    }
    return comparison.changes.some((it) => it.isRegression) ? 1 : 0
  },
}

interface Side {
  readonly tool: 'bulkcheck' | 'inferno'
  readonly result: ComparedResult
}

async function readSide(name: string, io: Io): Promise<Side> {
  const text = await readFile(resolve(io.cwd, name), 'utf8').catch((error: unknown) => {
    throw new UsageError(`${name} cannot be read: ${fileErrorReason(error)}`)
  })
  const inferno = comparedInferno(jsonOf(text))
  return inferno
    ? { tool: 'inferno', result: inferno }
    : { tool: 'bulkcheck', result: comparedRun(resultOf(text, name)) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What reads it as a result of ours says what is wrong.
    return undefined
  }
}
