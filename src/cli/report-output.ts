import { join } from 'node:path'
import { harnessVersion } from '../config/harness-package.ts'
import type { RunResult } from '../model/result.ts'
import type { KnownSecrets } from '../model/secrets/known-secrets.ts'
import { reportFiles } from '../report/format-files.ts'
import { reporterLoaders } from '../report/formats.ts'
import { textReporter } from '../report/text/reporter.ts'
import type { Args } from './command.ts'
import { maxFindingsFrom, type ReportSelection } from './options/report.ts'
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
  for (const it of await writeReports(result, { ...asked, cwd: io.cwd, secrets: io.secrets }))
    io.out(`${displayPath(it, io.cwd)}\n`)
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
  to: ReportSelection & { readonly cwd: string; readonly secrets: KnownSecrets },
): Promise<readonly string[]> {
  const files: string[] = []
  for (const name of to.reports) {
    const reporter = await reporterLoaders[name]()
    const path = join(to.folder, reportFiles[name])
    // The result may show what only later turned out to be secret.
    const text = to.secrets.hide(reporter(result, { findings: to.findings }))
    await writeReport(path, text, to.cwd, result.showsDiagnostics ? 0o600 : undefined)
    files.push(path)
  }
  return files
}

/** Name and version of the harness: `bulkcheck 0.1.0, node v20.20.2`. */
export function harnessName(): string {
  return `bulkcheck ${harnessVersion}, node ${process.version}`
}
