import { appendFileSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { UsageError } from '../config/error.ts'
import { harnessVersion } from '../config/harness-package.ts'
import type { RunResult } from '../model/result.ts'
import type { KnownSecrets } from '../model/secrets/known-secrets.ts'
import { reportFiles, reportNames } from '../report/format-files.ts'
import { reporterLoaders } from '../report/formats.ts'
import { textReporter } from '../report/text/reporter.ts'
import type { Args } from './command.ts'
import { removeEarlierReports } from './earlier-reports.ts'
import { reportDetailFrom, type ReportSelection } from './options/report.ts'
import { displayPath, writeReport } from './output-folder.ts'
import { wantsColor, type Io } from './terminal/io.ts'

/** Prints the summary of a result, writes the reports and prints their paths. */
export async function outputResult(
  result: RunResult,
  asked: ReportSelection,
  args: Args,
  io: Io,
): Promise<void> {
  io.out(terminalSummary(result, args, io))
  printWritten(await writeReports(result, { ...asked, cwd: io.cwd, secrets: io.secrets }), io)
}

/** Prints the paths of reports. Throws UsageError if some could not be written. */
export function printWritten({ files, problems }: WrittenReports, io: Io): void {
  for (const it of files) io.out(`${displayPath(it, io.cwd)}\n`)
  if (io.env.GITHUB_ACTIONS === 'true') showInGithub(files, io)
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
}

/** What GitHub Actions shows of a step: commands that the step prints, and a file to which it adds its summary. */
function showInGithub(files: readonly string[], io: Io): void {
  const textOf = (report: string) => {
    const path = files.find((it) => basename(it) === report)
    return path === undefined ? '' : readFileSync(path, 'utf8')
  }
  io.out(textOf(reportFiles.github))
  const { GITHUB_STEP_SUMMARY: summary } = io.env
  const markdown = textOf(reportFiles.markdown)
  try {
    if (summary && markdown !== '') appendFileSync(summary, markdown)
  } catch {
    io.err('The file that GITHUB_STEP_SUMMARY names cannot be written.\n')
  }
}

/** Paths of the reports that were written, and why others were not. */
export interface WrittenReports {
  readonly files: readonly string[]
  readonly problems: readonly string[]
}

/** The summary of a result for the terminal that a command writes to. */
export function terminalSummary(result: RunResult, args: Args, io: Io): string {
  const flag = args.flag('no-color') ? false : args.flag('color') ? true : undefined
  const reporter = textReporter({
    color: wantsColor(io, flag),
    verbose: args.flag('verbose'),
    width: io.width,
  })
  return reporter(result, reportDetailFrom(args))
}

/** Writes reports of a result into a folder that exists: each, whatever becomes of the others. Reports of an earlier command do not stay beside new ones. */
export async function writeReports(
  result: RunResult,
  to: ReportSelection & { readonly cwd: string; readonly secrets: KnownSecrets },
): Promise<WrittenReports> {
  const files: string[] = []
  const problems: string[] = []
  const stale = new Set(reportNames)
  for (const name of to.reports) {
    const reporter = await reporterLoaders[name]()
    const path = join(to.folder, reportFiles[name])
    // The result may show what only later turned out to be secret.
    const text = to.secrets.hide(reporter(result, to))
    const problem = await writeReport(path, text, to.cwd, result.showsDiagnostics ? 0o600 : undefined)
    if (problem !== undefined) problems.push(problem)
    else {
      files.push(path)
      stale.delete(name)
    }
  }
  if (files.length > 0) removeEarlierReports(to.folder, [...stale])
  return { files, problems }
}

/** Name and version of the harness: `bulkcheck 0.1.0, node v20.20.2`. */
export function harnessName(): string {
  return `bulkcheck ${harnessVersion}, node ${process.version}`
}
