import type { Shard } from '../../model/export/shard.ts'

/** Which of several machines this is, and the file that says what it found out. */
export interface ShardSettings {
  readonly shard: Shard
  readonly part: string
}
