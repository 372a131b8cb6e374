import { join, resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import { parseChoice } from '../../config/choices.ts'
import { supportedReleases } from '../../model/requirement.ts'
import { matrixTable, renderMatrix } from '../../report/kill-matrix.ts'
import { killMatrix } from '../../selftest/kill-matrix.ts'
import type { Command } from '../command.ts'
import { faultIdsFrom } from '../options/faults.ts'
import { defaultOutputFolder, displayPath, ensureWritableFolder, writeReport } from '../output-folder.ts'

/** `bulkcheck selftest`: shows that tests fail against servers that are broken on purpose. */
export const selftestCommand: Command = {
  usage: 'selftest',
  describe: 'Run the tests against faulty servers, and show which tests find the faults',
  options: {
    fault: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Run only this fault (repeatable); `serve --list-faults` lists all',
    },
    ig: {
      type: 'string',
      requiresArg: true,
      describe: `Run faults in this release only, or in \`all\` in which they have an effect: ${supportedReleases.join(', ')}, all (default: each in one)`,
    },
    json: { type: 'boolean', describe: 'Print JSON' },
    output: { type: 'string', requiresArg: true, describe: 'Folder for kill-matrix.html' },
    quiet: { type: 'boolean', describe: 'Hide progress' },
  },
  examples: [['$0 selftest', 'Run all faults; takes about six minutes on two cores']],
  async perform(args, io) {
    const output = args.text('output')
    const folder = output === undefined ? defaultOutputFolder(io.cwd) : resolve(io.cwd, output)
    await ensureWritableFolder(folder, io.cwd)
    const problems: string[] = []
    const faults = faultIdsFrom(args, problems)
    const ig = parseChoice(args.text('ig'), [...supportedReleases, 'all'], { name: '--ig', problems })
    if (problems.length > 0) throw new UsageError(problems.join('\n'))
    const live = io.errIsTerminal && !args.flag('quiet') && !io.env.CI
    const matrix = await killMatrix({
      ...(faults.length > 0 ? { faults } : {}),
      ...(ig ? { ig } : {}),
      ...(live ? { notify: (it: string) => io.err(`\r\u001b[2K${it}`) } : {}),
    })
    if (live) io.err('\r\u001b[2K')
    const page = join(folder, 'kill-matrix.html')
    await writeReport(page, renderMatrix(matrix), io.cwd)
    const { tests, survivors, collateral, untouched, stale } = matrix
    const accused = matrix.configurations.flatMap((it) => it.accused)
    if (args.flag('json')) {
      const broken = matrix.faults.map(({ id, release, breaks, level }) => ({ id, release, breaks, level }))
      io.out(
        `${JSON.stringify({ tests, faults: broken, survivors, collateral, untouched, stale }, null, 2)}\n`,
      )
    } else io.out(`${matrixTable(matrix)}\n${displayPath(page, io.cwd)}\n`)
    return [survivors, collateral, untouched, stale, accused].some((it) => it.length > 0) ? 1 : 0
  },
}
