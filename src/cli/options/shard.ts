import { dirname, resolve } from 'node:path'
import type { Options } from 'yargs'
import { UsageError } from '../../config/error.ts'
import type { ShardSettings } from '../../run/shard/shard-settings.ts'
import type { Args } from '../command.ts'
import { refuseFolder, ensureWritableFolder } from '../output-folder.ts'

/** The option that names what the first of several machines of a run tells the others. */
export const manifestOption: Options = {
  type: 'string',
  requiresArg: true,
  group: 'Many machines:',
  describe: 'File by which the first machine tells the others what to download; its URLs may be signed',
}

/** The options that share work between machines. */
export const shardOptions = {
  shard: {
    type: 'string',
    requiresArg: true,
    group: 'Many machines:',
    describe: 'Which of several machines this is, e.g. 2/5: it takes its part of the files',
  },
  part: {
    type: 'string',
    requiresArg: true,
    group: 'Many machines:',
    describe: 'File for what it found out, for `bulkcheck merge`',
  },
} satisfies Readonly<Record<string, Options>>

/** What takes a verdict, which a part has none of. */
const verdictOptionNames = ['output', 'reporter', 'fail-on', 'known-failing', 'max-findings']

/** What a command line says of other machines; `undefined` if there are none. Throws UsageError. */
export async function shardSettingsFrom(args: Args, cwd: string): Promise<ShardSettings | undefined> {
  const text = args.text('shard')
  const part = args.text('part')
  if (text === undefined) {
    if (part !== undefined) throw new UsageError('--part is for one of several machines: --shard says which')
    return undefined
  }
  const [, number = 0, of = 0] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number)
  if (number < 1 || number > of)
    throw new UsageError('--shard is which of how many machines this is: 1/3, 2/3 or 3/3 of three')
  if (part === undefined)
    throw new UsageError('--shard needs --part, the file for what this machine found out')
  const premature = verdictOptionNames.filter((it) => args.texts(it).length > 0 && args.text(it) !== 'false')
  if (premature.length > 0)
    throw new UsageError(
      `one of several machines comes to no verdict: ${premature.map((it) => `--${it}`).join(', ')} ${premature.length === 1 ? 'is' : 'are'} for \`bulkcheck merge\``,
    )
  const path = resolve(cwd, part)
  refuseFolder(path, 'part')
  await ensureWritableFolder(dirname(path), cwd)
  return { shard: { number, of }, part: path }
}
