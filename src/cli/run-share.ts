import { dirname, resolve } from 'node:path'
import { packageVersion } from '../config/package.ts'
import { runShard, type ShardOptions } from '../run/shard.ts'
import { type Args, UsageError } from './command.ts'
import { near, writableFolder } from './folder.ts'
import type { Io } from './io.ts'
import { sharedIn, type Sharding, shardingOf } from './shard.ts'

/** Which of several machines this is in a run. */
export interface RunSharding extends Sharding {
  /** The file by which the first tells the others what to download. */
  readonly manifest: string
}

/** What a command line says of other machines; `undefined` if there are none. Throws UsageError. */
export async function runShardingOf(args: Args, cwd: string): Promise<RunSharding | undefined> {
  const sharding = await shardingOf(args, cwd)
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
  if (sharding.shard.number === 1) await writableFolder(dirname(manifest), cwd)
  return { ...sharding, manifest }
}

/** Does one machine's share of a run and says what it took. Throws UsageError where the first machine tests something else, or tells nothing. */
export async function runShare(
  options: Omit<ShardOptions, keyof RunSharding | 'version'>,
  sharding: RunSharding,
  args: Args,
  io: Io,
): Promise<string> {
  const onWait = () => {
    if (!args.flag('quiet'))
      io.err(`waiting for the first machine to tell in ${near(sharding.manifest, io.cwd)}\n`)
  }
  const counts = await runShard({ ...options, ...sharding, version: packageVersion, onWait })
  return sharedIn(sharding.shard, counts)
}
