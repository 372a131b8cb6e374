import { dirname, resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import { exitCode } from '../../model/exit-code.ts'
import type { RunResult } from '../../model/result.ts'
import { parseResult } from '../../report/json/parser.ts'
import { readJournal } from '../../run/journal/journal-state.ts'
import { resultOfJournal } from '../../run/journal/journal-result.ts'
import { isRunning } from '../../run/journal/process-id.ts'
import type { Args, Command } from '../command.ts'
import { reportFiles } from '../../report/format-files.ts'
import { defaultFolderName, ensureWritableFolder } from '../output-folder.ts'
import { reportSelectionFrom, reportOptions } from '../options/report.ts'
import { outputResult } from '../report-output.ts'
import { readResult } from '../result-file.ts'
import { journalAt, journalName } from '../run-journal.ts'
import type { Io } from '../terminal/io.ts'

/** `bulkcheck report`: renders the result of a run again, or what the journal of a killed run shows. */
export const reportCommand: Command = {
  usage: 'report [result]',
  describe: `Write reports from the result of an earlier run (${reportFiles.json}), or from the journal of a killed one`,
  positionals: {
    result: { type: 'string', describe: `Result file, e.g. ${defaultFolderName}/${reportFiles.json}` },
  },
  options: {
    journal: {
      type: 'string',
      requiresArg: true,
      describe: `Journal of a run that was killed, or the folder with its ${journalName}; the reports are written beside it`,
    },
    ...reportOptions,
  },
  examples: [
    [
      `$0 report ${defaultFolderName}/${reportFiles.json} --reporter junit --output ci`,
      `Write only ${reportFiles.junit}`,
    ],
    [`$0 report --journal ${defaultFolderName}`, 'Report what a killed run had judged'],
  ],
  async perform(args, io) {
    const problems: string[] = []
    const asked = reportSelectionFrom(args, io, problems)
    if (problems.length > 0) throw new UsageError(problems.join('\n'))
    const file = args.text('result')
    const journal = args.text('journal')
    if (journal === undefined) {
      if (file === undefined)
        throw new UsageError('missing argument <result>: `bulkcheck report <result>`, or use --journal')
      const result = await readResult(resolve(io.cwd, file), file)
      await ensureWritableFolder(asked.folder, io.cwd)
      await outputResult(result, asked, args, io)
      return 0
    }
    if (file !== undefined)
      throw new UsageError('--journal already says what is reported; leave out <result>')
    return await reportJournal(journal, args, io, asked)
  },
}

async function reportJournal(
  name: string,
  args: Args,
  io: Io,
  asked: ReturnType<typeof reportSelectionFrom>,
): Promise<number> {
  const path = journalAt(resolve(io.cwd, name), name)
  const state = readJournal(path, name)
  const result = checkedResult(resultOfJournal(state, name), name)
  if (!state.isEnded && isRunning(state.header.process))
    io.err(`warning: the run still goes on (process ${state.header.process.pid})\n`)
  const folder = args.text('output') === undefined ? dirname(path) : asked.folder
  await ensureWritableFolder(folder, io.cwd)
  await outputResult(result, { ...asked, folder }, args, io)
  return exitCode(result)
}

/** A journal that somebody edited must not end in a report of nonsense. */
function checkedResult(result: RunResult, name: string): RunResult {
  const read = parseResult(JSON.stringify(result))
  if ('result' in read) return result
  throw new UsageError(`${name} is damaged: ${read.problems.slice(0, 3).join('; ')}`)
}
