import { resolve } from 'node:path'
import type { Options } from 'yargs'
import { parseChoices } from '../../config/choices.ts'
import { UsageError } from '../../config/error.ts'
import { defaultMaxFindings } from '../../report/findings/finding-selection.ts'
import { defaultReports, type ReportName, reportFiles, reportNames } from '../../report/format-files.ts'
import type { ReportOptions } from '../../model/result.ts'
import type { Args } from '../command.ts'
import { defaultFolderName, defaultOutputFolder } from '../output-folder.ts'
import type { Io } from '../terminal/io.ts'

/** The option for the number of kinds of finding that are listed for a test. */
export const findingsOption: Options = {
  type: 'string',
  requiresArg: true,
  describe: `Number of different findings to list for each requirement, most frequent first (default: ${defaultMaxFindings}); ${reportFiles.json} lists all`,
}

/** The option for exchanges that the page leaves out. */
export const allExchangesOption: Options = {
  type: 'boolean',
  describe: `Show in ${reportFiles.html} also the exchanges of tests that pass`,
}

/** Options of commands that report a result. */
export const reportOptions: Readonly<Record<string, Options>> = {
  output: {
    type: 'string',
    requiresArg: true,
    describe: `Folder for reports (default: ${defaultFolderName})`,
  },
  reporter: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: `Report to write: ${reportNames.join(', ')} (repeatable; default: ${defaultReports.join(', ')})`,
  },
  'max-findings': findingsOption,
  'all-exchanges': allExchangesOption,
  verbose: { type: 'boolean', describe: 'Show each test in the summary' },
  color: { type: 'boolean', describe: 'Color the summary (default: on a terminal)' },
  'no-color': { type: 'boolean', describe: 'Disable color' },
}

/** Which reports are written, and where. */
export interface ReportSelection extends ReportOptions {
  readonly folder: string
  readonly reports: readonly ReportName[]
}

/** What `reportOptions` say; what is wrong with them is added to `problems`, or thrown as a UsageError. */
export function reportSelectionFrom(args: Args, io: Io, problems: string[]): ReportSelection {
  const reports =
    parseChoices(args.texts('reporter'), reportNames, { name: '--reporter', problems }) ?? defaultReports
  const output = args.text('output')
  const folder = output === undefined ? defaultOutputFolder(io.cwd) : resolve(io.cwd, output)
  return { folder, reports, ...reportDetailFrom(args) }
}

/** How much reports list: `--max-findings` and `--all-exchanges`. Throws UsageError. */
export function reportDetailFrom(args: Args): ReportOptions {
  const text = args.text('max-findings')
  if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError('--max-findings must be a number from 1')
  return {
    findings: text === undefined ? defaultMaxFindings : Number(text),
    allExchanges: args.flag('all-exchanges'),
  }
}
