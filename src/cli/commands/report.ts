import { resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import type { Command } from '../command.ts'
import { reportFiles } from '../../report/format-files.ts'
import { defaultFolderName, ensureWritableFolder } from '../output-folder.ts'
import { reportSelectionFrom, reportOptions } from '../options/report.ts'
import { outputResult } from '../report-output.ts'
import { readResult } from '../result-file.ts'

/** `bulkcheck report`: renders the result of a run again. */
export const reportCommand: Command = {
  usage: 'report <result>',
  describe: `Write reports from the result of an earlier run (${reportFiles.json})`,
  positionals: {
    result: { type: 'string', describe: `Result file, e.g. ${defaultFolderName}/${reportFiles.json}` },
  },
  options: reportOptions,
  examples: [
    [
      `$0 report ${defaultFolderName}/${reportFiles.json} --reporter junit --output ci`,
      `Write only ${reportFiles.junit}`,
    ],
  ],
  async perform(args, io) {
    const problems: string[] = []
    const asked = reportSelectionFrom(args, io, problems)
    if (problems.length > 0) throw new UsageError(problems.join('\n'))
    const file = args.text('result') ?? ''
    const result = await readResult(resolve(io.cwd, file), file)
    await ensureWritableFolder(asked.folder, io.cwd)
    await outputResult(result, asked, args, io)
    return 0
  },
}
