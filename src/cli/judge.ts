import { resolve } from 'node:path'
import { checks, picks } from '../checks/index.ts'
import { choose, chooseAll } from '../config/choose.ts'
import { reportNames } from '../config/schema.ts'
import { levels } from '../model/requirement.ts'
import { exitCode } from '../model/result.ts'
import { readRecording } from '../run/recording.ts'
import { judgeRecording } from '../run/rejudge.ts'
import { bundledSuites } from '../suite/files.ts'
import { loadSuites } from '../suite/load.ts'
import { type Command, UsageError } from './command.ts'
import { defaultOutput, near, writableFolder } from './folder.ts'
import { patternsIn } from './known-failing.ts'
import { openPackages, packageOption } from './packages.ts'
import { findingsOption, harness, maxFindings, summary, writeReports } from './reports.ts'

/** `bulkcheck judge`: judges a recorded run again, without its server. */
export const judgeCommand: Command = {
  usage: 'judge <recording>',
  describe: 'Judge a recorded run (--record) again, without its server',
  positionals: { recording: { type: 'string', describe: 'File that `bulkcheck run --record` wrote' } },
  options: {
    suites: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Suite file or folder instead of the bundled ones (repeatable)',
    },
    'ig-package': packageOption,
    'fail-on': {
      type: 'string',
      requiresArg: true,
      describe: `Least level that fails: ${levels.join(', ')}; SHALL unless given`,
    },
    'known-failing': {
      type: 'string',
      requiresArg: true,
      describe: 'File with test ids that are known to fail, one a line',
    },
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
  examples: [['$0 judge run.recording.json', 'With the suites as they are now']],
  async perform(args, io) {
    const problems: string[] = []
    const failOn = choose(args.text('fail-on'), levels, { name: '--fail-on', problems }) ?? 'SHALL'
    const reports =
      chooseAll(args.texts('reporter'), reportNames, { name: '--reporter', problems }) ?? reportNames
    const findings = maxFindings(args)
    if (problems.length > 0) throw new UsageError(problems.join('\n'))
    const recording = resolve(io.cwd, args.text('recording') ?? '')
    // What it says of a file that is none is for people.
    await readRecording(recording).catch((error: Error) => {
      throw new UsageError(error.message)
    })
    const suites = args.texts('suites').map((it) => resolve(io.cwd, it))
    const loaded = loadSuites({
      paths: suites.length > 0 ? suites : [bundledSuites],
      vocabulary: { checks, picks },
    })
    const output = args.text('output')
    const folder = output === undefined ? defaultOutput(io.cwd) : resolve(io.cwd, output)
    await writableFolder(folder, io.cwd)
    const knownFailing = await patternsIn(args.text('known-failing'), io.cwd)
    const packages = await openPackages(args.texts('ig-package'), io.cwd)
    const result = await judgeRecording({
      recording,
      loaded,
      failOn,
      knownFailing,
      warnings: [],
      harness: harness(),
      packages,
    })
    io.out(summary(result, args, io))
    for (const it of await writeReports(result, { folder, reports, cwd: io.cwd, findings }))
      io.out(`${near(it, io.cwd)}\n`)
    return exitCode(result)
  },
}
