import { resolve } from 'node:path'
import { checks, picks } from '../../checks/registry.ts'
import { bundledSuitesFolder } from '../../suite/files.ts'
import { countOf } from '../../report/standings.ts'
import { loadSuites } from '../../suite/load.ts'
import type { Command } from '../command.ts'

/** `bulkcheck lint`: reports what is wrong with suites; sends nothing. */
export const lintCommand: Command = {
  usage: 'lint [files..]',
  describe: 'Check suite files, and report every problem with its line',
  positionals: {
    files: { type: 'string', describe: 'Suite files or folders (default: the bundled suites)' },
  },
  options: {},
  examples: [['$0 lint ./acme', 'Check a folder of your own suites']],
  async perform(args, io) {
    const files = args.texts('files').map((it) => resolve(io.cwd, it))
    const { suites } = loadSuites({
      paths: files.length > 0 ? files : [bundledSuitesFolder],
      vocabulary: { checks, picks },
    })
    const tests = suites.reduce((sum, { suite }) => sum + Object.keys(suite.tests).length, 0)
    io.out(`${countOf(suites.length, 'suite')}, ${countOf(tests, 'test')}, no problems\n`)
    return 0
  },
}
