import { dirname, resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import { harnessVersion } from '../../config/harness-package.ts'
import { runShard, type RunShardOptions } from '../../run/shard/run-shard.ts'
import type { Args } from '../command.ts'
import { displayPath, ensureWritableFolder } from '../output-folder.ts'
import type { Io } from '../terminal/io.ts'
import { shardSummary, type ShardSettings, shardSettingsFrom } from './shard.ts'

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

/** Does one machine's share of a run and says what it took. Throws UsageError where the first machine tests something else, or tells nothing. */
export async function performShard(
  options: Omit<RunShardOptions, keyof RunShardSettings | 'version'>,
  sharding: RunShardSettings,
  args: Args,
  io: Io,
): Promise<string> {
  const onWait = () => {
    if (!args.flag('quiet'))
      io.err(`waiting for the first machine to tell in ${displayPath(sharding.manifest, io.cwd)}\n`)
  }
  const counts = await runShard({ ...options, ...sharding, version: harnessVersion, onWait })
  return shardSummary(sharding.shard, counts)
}
