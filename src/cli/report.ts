import { resolve } from 'node:path'
import { chooseAll } from '../config/choose.ts'
import { reportNames } from '../config/schema.ts'
import { type Command, UsageError } from './command.ts'
import { defaultOutput, near, writableFolder } from './folder.ts'
import { findingsOption, maxFindings, summary, writeReports } from './reports.ts'
import { readResult } from './result-file.ts'

/** `bulkcheck report`: renders the result of a run again. */
export const reportCommand: Command = {
  usage: 'report <result>',
  describe: 'Render the result of an earlier run (results.json) again',
  positionals: { result: { type: 'string', describe: 'File that the json report wrote' } },
  options: {
    output: { type: 'string', requiresArg: true, describe: 'Folder of the reports' },
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
  },
  examples: [['$0 report bulkcheck-report/results.json --reporter junit --output ci', 'Only junit.xml']],
  async perform(args, io) {
    const problems: string[] = []
    const reports =
      chooseAll(args.texts('reporter'), reportNames, { name: '--reporter', problems }) ?? reportNames
    const findings = maxFindings(args)
    if (problems.length > 0) throw new UsageError(problems.join('\n'))
    const file = args.text('result') ?? ''
    const result = await readResult(resolve(io.cwd, file), file)
    const output = args.text('output')
    const folder = output === undefined ? defaultOutput(io.cwd) : resolve(io.cwd, output)
    await writableFolder(folder, io.cwd)
    io.out(summary(result, args, io))
    for (const it of await writeReports(result, { folder, reports, cwd: io.cwd, findings }))
      io.out(`${near(it, io.cwd)}\n`)
    return 0
  },
}
