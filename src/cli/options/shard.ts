import { dirname, resolve } from 'node:path'
import type { Options } from 'yargs'
import { UsageError } from '../../config/error.ts'
import type { ShardSettings } from '../../run/shard/shard-settings.ts'
import type { Args } from '../command.ts'
import { refuseFolder, ensureWritableFolder } from '../output-folder.ts'

/** The option for the file in which the first of several machines lists the exports to download. */
export const manifestOption: Options = {
  type: 'string',
  requiresArg: true,
  group: 'Many machines:',
  describe:
    'File in which the first machine lists the exports to download; its URLs may grant access to the files',
}

/** The options that share work between machines. */
export const shardOptions = {
  shard: {
    type: 'string',
    requiresArg: true,
    group: 'Many machines:',
    describe: 'Number of this machine, e.g. 2/5 for the second of five; it takes its share of the files',
  },
  part: {
    type: 'string',
    requiresArg: true,
    group: 'Many machines:',
    describe: 'File for the results of this machine, for `bulkcheck merge`',
  },
} satisfies Readonly<Record<string, Options>>

/** Options that need verdicts, which a part does not have. */
const verdictOptionNames = ['output', 'reporter', 'fail-on', 'known-failing', 'max-findings', 'all-exchanges']

/** This machine's number and part file; `undefined` on a single machine. Throws UsageError. */
export async function shardSettingsFrom(args: Args, cwd: string): Promise<ShardSettings | undefined> {
  const text = args.text('shard')
  const part = args.text('part')
  if (text === undefined) {
    if (part !== undefined) throw new UsageError('--part needs --shard, the number of this machine')
    return undefined
  }
  const [, number = 0, of = 0] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number)
  if (number < 1 || number > of)
    throw new UsageError('--shard must be NUMBER/COUNT, for example 2/3 for the second of three machines')
  if (part === undefined)
    throw new UsageError('--shard needs --part, the file for the results of this machine')
  const premature = verdictOptionNames.filter((it) => args.texts(it).length > 0 && args.text(it) !== 'false')
  if (premature.length > 0)
    throw new UsageError(
      `with --shard there are no verdicts yet: pass ${premature.map((it) => `--${it}`).join(', ')} to \`bulkcheck merge\``,
    )
  const path = resolve(cwd, part)
  refuseFolder(path, 'part')
  await ensureWritableFolder(dirname(path), cwd)
  return { shard: { number, of }, part: path }
}
