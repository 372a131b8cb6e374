import { join, resolve } from 'node:path'
import type { Options } from 'yargs'
import { parseChoices } from '../config/choices.ts'
import { harnessVersion } from '../config/harness-package.ts'
import type { RunResult } from '../model/result.ts'
import { defaultMaxFindings } from '../report/finding-selection.ts'
import { type ReportName, reportFiles, reportNames } from '../report/format-files.ts'
import { reporterLoaders } from '../report/formats.ts'
import { textReporter } from '../report/text/reporter.ts'
import { type Args, UsageError } from './command.ts'
import { defaultFolderName, defaultOutputFolder, displayPath, writeReport } from './output-folder.ts'
import { wantsColor, type Io } from './terminal/io.ts'

/** The option that says how many kinds of finding of a test are listed. */
export const findingsOption: Options = {
  type: 'string',
  requiresArg: true,
  describe: `Most kinds of finding listed for each test, the most frequent; ${defaultMaxFindings} unless given. ${reportFiles.json} has them all`,
}

/** Options of every command that only has to tell a result. */
export const reportOptions: Readonly<Record<string, Options>> = {
  output: {
    type: 'string',
    requiresArg: true,
    describe: `Folder of the reports; ${defaultFolderName} unless given`,
  },
  reporter: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: `${reportNames.join(', ')} (repeatable; all unless given)`,
  },
  'max-findings': findingsOption,
  verbose: { type: 'boolean', describe: 'Each test in the summary' },
  color: { type: 'boolean', describe: 'Color the summary; by default if it goes to a terminal' },
  'no-color': { type: 'boolean', describe: 'Do not' },
}

/** Which reports go where. */
export interface ReportSelection {
  readonly folder: string
  readonly reports: readonly ReportName[]
  /** Most kinds of finding listed for each test. */
  readonly findings: number
}

/** What `reportOptions` say; what is wrong with them is added to `problems`, or thrown as a UsageError. */
export function reportSelectionFrom(args: Args, io: Io, problems: string[]): ReportSelection {
  const reports =
    parseChoices(args.texts('reporter'), reportNames, { name: '--reporter', problems }) ?? reportNames
  const output = args.text('output')
  const folder = output === undefined ? defaultOutputFolder(io.cwd) : resolve(io.cwd, output)
  return { folder, reports, findings: maxFindingsFrom(args) }
}

/** Prints the summary of a result, writes the reports and says where they are. */
export async function outputResult(
  result: RunResult,
  asked: ReportSelection,
  args: Args,
  io: Io,
): Promise<void> {
  io.out(terminalSummary(result, args, io))
  for (const it of await writeReports(result, { ...asked, cwd: io.cwd }))
    io.out(`${displayPath(it, io.cwd)}\n`)
}

/** What `--max-findings` says. Throws UsageError. */
export function maxFindingsFrom(args: Args): number {
  const text = args.text('max-findings')
  if (text === undefined) return defaultMaxFindings
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError('--max-findings is a number from 1')
  return Number(text)
}

/** The summary of a result for the terminal that a command writes to. */
export function terminalSummary(result: RunResult, args: Args, io: Io): string {
  const flag = args.flag('no-color') ? false : args.flag('color') ? true : undefined
  const reporter = textReporter({
    color: wantsColor(io, flag),
    verbose: args.flag('verbose'),
    width: io.width,
  })
  return reporter(result, { findings: maxFindingsFrom(args) })
}

/** Writes reports of a result into a folder that exists and returns their paths. */
export async function writeReports(
  result: RunResult,
  to: ReportSelection & { readonly cwd: string },
): Promise<readonly string[]> {
  const files: string[] = []
  for (const name of to.reports) {
    const reporter = await reporterLoaders[name]()
    const path = join(to.folder, reportFiles[name])
    await writeReport(path, reporter(result, { findings: to.findings }), to.cwd)
    files.push(path)
  }
  return files
}

/** Name and version of what tested: `bulkcheck 0.1.0, node v20.20.2`. */
export function harnessName(): string {
  return `bulkcheck ${harnessVersion}, node ${process.version}`
}
