import { dirname, resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import type { Args } from '../command.ts'
import { ensureWritableFolder } from '../output-folder.ts'
import type { ShardSettings } from '../../run/shard/shard-settings.ts'
import { shardSettingsFrom } from './shard.ts'

/** Settings of a run on one of several machines. */
export interface RunShardSettings extends ShardSettings {
  /** The file in which the first machine lists the exports to download. */
  readonly manifest: string
}

/** The settings of a run on several machines; `undefined` for a run on one. Throws UsageError. */
export async function runShardSettingsFrom(args: Args, cwd: string): Promise<RunShardSettings | undefined> {
  const sharding = await shardSettingsFrom(args, cwd)
  const name = args.text('manifest')
  if (!sharding) {
    if (name !== undefined) throw new UsageError('--manifest needs --shard, the number of this machine')
    return undefined
  }
  if (name === undefined)
    throw new UsageError(
      '--shard needs --manifest, the file in which the first machine lists the exports to download',
    )
  if (args.flag('reference'))
    throw new UsageError(
      '--reference starts a provider for one machine only; for several, start one with `bulkcheck serve` and use --url',
    )
  if (args.text('record') !== undefined) throw new UsageError('--record works only for a run on one machine')
  const manifest = resolve(cwd, name)
  if (sharding.shard.number === 1) await ensureWritableFolder(dirname(manifest), cwd)
  return { ...sharding, manifest }
}
