import { resolve } from 'node:path'
import { choose } from '../config/choose.ts'
import { levels } from '../model/requirement.ts'
import { exitCode } from '../model/result.ts'
import { readRecording } from '../run/recording.ts'
import { judgeRecording } from '../run/rejudge.ts'
import { type Command, UsageError } from './command.ts'
import { writableFolder } from './folder.ts'
import { patternsIn } from './known-failing.ts'
import { openPackages } from './packages.ts'
import { askedReports, harness, reportOptions, tell } from './reports.ts'
import { suitesNamed } from './suites.ts'
import { verdictOptions } from './verdict-options.ts'

/** `bulkcheck judge`: judges a recorded run again, without its server. */
export const judgeCommand: Command = {
  usage: 'judge <recording>',
  describe: 'Judge a recorded run (--record) again, without its server',
  positionals: { recording: { type: 'string', describe: 'File that `bulkcheck run --record` wrote' } },
  options: {
    ...verdictOptions,
    ...reportOptions,
  },
  examples: [['$0 judge run.recording.json', 'With the suites as they are now']],
  async perform(args, io) {
    const problems: string[] = []
    const failOn = choose(args.text('fail-on'), levels, { name: '--fail-on', problems }) ?? 'SHALL'
    const asked = askedReports(args, io, problems)
    if (problems.length > 0) throw new UsageError(problems.join('\n'))
    const recording = resolve(io.cwd, args.text('recording') ?? '')
    // What it says of a file that is none is for people.
    await readRecording(recording).catch((error: Error) => {
      throw new UsageError(error.message)
    })
    const loaded = await suitesNamed(args, io.cwd)
    await writableFolder(asked.folder, io.cwd)
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
    await tell(result, asked, args, io)
    return exitCode(result)
  },
}
