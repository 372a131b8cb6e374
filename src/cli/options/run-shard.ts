import { dirname, resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import type { Args } from '../command.ts'
import { ensureWritableFolder } from '../output-folder.ts'
import type { ShardSettings } from '../../run/shard/shard-settings.ts'
import { shardSettingsFrom } from './shard.ts'

/** Which of several machines this is in a run. */
export interface RunShardSettings extends ShardSettings {
  /** The file by which the first tells the others what to download. */
  readonly manifest: string
}

/** What a command line says of other machines; `undefined` if there are none. Throws UsageError. */
export async function runShardSettingsFrom(args: Args, cwd: string): Promise<RunShardSettings | undefined> {
  const sharding = await shardSettingsFrom(args, cwd)
  const name = args.text('manifest')
  if (!sharding) {
    if (name !== undefined)
      throw new UsageError('--manifest is for one of several machines: --shard says which')
    return undefined
  }
  if (name === undefined)
    throw new UsageError(
      '--shard needs --manifest, the file by which the first machine tells the others what to download',
    )
  if (args.flag('reference'))
    throw new UsageError(
      '--reference starts a provider for one machine; several need one that `bulkcheck serve` started',
    )
  if (args.text('record') !== undefined) throw new UsageError('--record is for a run on one machine')
  const manifest = resolve(cwd, name)
  if (sharding.shard.number === 1) await ensureWritableFolder(dirname(manifest), cwd)
  return { ...sharding, manifest }
}
