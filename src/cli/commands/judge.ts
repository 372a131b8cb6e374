import { resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import { exitCode } from '../../model/exit-code.ts'
import { readRecording } from '../../run/recording.ts'
import { gapsOf, type RecordingGap } from '../../run/recording-gaps.ts'
import { judgeRecording } from '../../run/judge-recording.ts'
import type { Command } from '../command.ts'
import { ensureWritableFolder } from '../output-folder.ts'
import { knownFailingFileFrom, readKnownFailing } from '../options/known-failing.ts'
import { openPackages } from '../options/packages.ts'
import { reportSelectionFrom, reportOptions } from '../options/report.ts'
import { harnessName, outputResult } from '../report-output.ts'
import { loadNamedSuites } from '../options/suites.ts'
import { failOnFrom, verdictOptions } from '../options/judging.ts'

/** `bulkcheck judge`: judges a recorded run again, without its server. */
export const judgeCommand: Command = {
  usage: 'judge <recording>',
  describe: 'Judge a recorded run again, without the server',
  positionals: { recording: { type: 'string', describe: 'Recording that `bulkcheck run --record` wrote' } },
  options: {
    ...verdictOptions,
    ...reportOptions,
  },
  examples: [['$0 judge run.recording.json', 'Judge with the current suites']],
  async perform(args, io) {
    const problems: string[] = []
    const failOn = failOnFrom(args, problems)
    const asked = reportSelectionFrom(args, io, problems)
    if (problems.length > 0) throw new UsageError(problems.join('\n'))
    const name = args.text('recording') ?? ''
    const recorded = readRecording(resolve(io.cwd, name), name)
    const loaded = await loadNamedSuites(args, io.cwd)
    await ensureWritableFolder(asked.folder, io.cwd)
    const knownFailing = await readKnownFailing(args.text('known-failing'), io.cwd)
    const packages = await openPackages(args.texts('ig-package'), io.cwd)
    for (const it of gapsOf(recorded, { loaded, packages })) io.err(`warning: ${gapTexts[it]}\n`)
    const result = await judgeRecording({
      recording: recorded,
      loaded,
      failOn,
      knownFailing,
      ...knownFailingFileFrom(args),
      warnings: [],
      harness: harnessName(),
      packages,
    })
    await outputResult(result, asked, args, io)
    return exitCode(result)
  },
}

const gapTexts: Readonly<Record<RecordingGap, string>> = {
  'other-suites': 'The run had other suites, so the tests may differ from those of the run.',
  'no-files':
    'The run kept no output files: tests of their lines are inconclusive. Run again with --record and --keep to judge them too.',
  'files-gone': 'The folder of the output files is gone: tests of their lines are inconclusive.',
  'no-packages':
    'The run validated resources against profiles: pass the same --ig-package to validate them again.',
  'no-patient-ids': 'The recording contains no ids of patients: tests that compare them are inconclusive.',
}
