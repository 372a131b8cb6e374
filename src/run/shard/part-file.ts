import { fileErrorReason, isFileError } from '../../storage/file-error.ts'
import { writeWholeFileSync } from '../../storage/whole-file.ts'
import { deserialize, serialize } from 'node:v8'
import type { ProbeKey } from '../../model/plan.ts'
import type { Shard } from '../../model/export/shard.ts'
import type { IndexStore, StoreFile } from '../../output/index/store.ts'
import type { WrittenRows } from '../../output/export-judge.ts'
import type { PartialJudgeResult } from '../../output/export-totals.ts'

/** The results of one machine, to be merged with those of others. */
export interface ShardPart<T> {
  /** Of bulkcheck; another version tallies otherwise. */
  readonly version: string
  readonly shard: Shard
  /** The same for the parts that belong together. */
  readonly run: string
  readonly reads: readonly PartProbeFiles[]
  readonly of: T
}

/** What the machine found in the files of one export. */
export interface PartProbeFiles {
  readonly probe: ProbeKey
  /** What was tallied, in the order of the tallies. */
  readonly keys: readonly string[]
  /** Candidates among the queries that were evaluated. */
  readonly queries: readonly string[]
  readonly found: Omit<PartialJudgeResult, 'index'>
  readonly index?: WrittenRows
}

/** A part before it is written. */
export type NewShardPart<T> = Omit<ShardPart<T>, 'reads'> & {
  readonly reads: readonly (Omit<PartProbeFiles, 'found' | 'index'> & {
    readonly found: PartialJudgeResult
  })[]
}

/** A file is not a part, or does not match the others; the message completes "FILE: …". */
export class PartError extends Error {}

// A part is the mark, rows of indexes, the contents, where these begin, and the mark again.
const magicBytes = Buffer.from('bulkcheck-part-2')
const olderMagicBytes = Buffer.from('bulkcheck-part-1')

/** Writes a part that only its owner can read; it is there as a whole or not at all. It holds no id and no value from a file. Throws PartError. */
export function writePart<T>(path: string, part: NewShardPart<T>): void {
  try {
    writeWholeFileSync(path, (append) => fillPart(part, append), 0o600)
  } catch (error) {
    if (!isFileError(error)) throw error
    throw new PartError(`${path} cannot be written: ${fileErrorReason(error)}`)
  }
}

function fillPart<T>(part: NewShardPart<T>, append: (bytes: Uint8Array) => void): void {
  let end = 0
  const write = (bytes: Uint8Array) => {
    append(bytes)
    end += bytes.length
  }
  write(magicBytes)
  const reads = part.reads.map(({ found: { index, ...found }, ...read }) => {
    const from = end
    index?.(write)
    return { ...read, found, ...(index ? { from } : {}) }
  })
  const begin = Buffer.alloc(8)
  begin.writeDoubleLE(end)
  write(serialize({ ...part, reads }))
  write(begin)
  write(magicBytes)
}

/** Reads a part; its rows stay in the file. Throws PartError. */
export function readPart<T>(path: string, store: IndexStore): ShardPart<T> {
  const file = openPartFile(path, store)
  try {
    return parsePart<T>(file)
  } catch (error) {
    throw error instanceof PartError ? error : new PartError('this part is damaged, or cannot be read')
  }
}

function parsePart<T>(file: StoreFile): ShardPart<T> {
  const trailer = 8 + magicBytes.length
  if (file.length > 2 * trailer && olderMagicBytes.equals(file.read(0, magicBytes.length)))
    throw new PartError(
      'an older version of bulkcheck wrote this part: run or validate again with this version',
    )
  const whole =
    file.length > 2 * trailer &&
    magicBytes.equals(file.read(0, magicBytes.length)) &&
    magicBytes.equals(file.read(file.length - magicBytes.length, magicBytes.length))
  if (!whole) throw new PartError('this is not a part file, or it is incomplete')
  const begin = Buffer.from(file.read(file.length - trailer, 8)).readDoubleLE()
  const part = deserializePart<T>(file.read(begin, file.length - trailer - begin))
  return {
    ...part,
    reads: part.reads.map(({ from, ...read }) => ({
      ...read,
      ...(from === undefined ? {} : { index: { file, from } }),
    })),
  }
}

function openPartFile(path: string, store: IndexStore) {
  try {
    return store.open(path)
  } catch {
    throw new PartError('this file cannot be read')
  }
}

type StoredShardPart<T> = Omit<ShardPart<T>, 'reads'> & {
  readonly reads: readonly (Omit<PartProbeFiles, 'index'> & { readonly from?: number })[]
}

function deserializePart<T>(bytes: Uint8Array): StoredShardPart<T> {
  try {
    return deserialize(bytes) as StoredShardPart<T>
  } catch {
    // The error of the parser would quote the file.
    throw new PartError('this part is damaged')
  }
}

/** Parts of one run, each exactly once, in the order of their shards. Throws PartError with a line for each problem. */
export function assembleParts<T>(
  parts: readonly { readonly name: string; readonly part: ShardPart<T> }[],
  version: string,
): readonly ShardPart<T>[] {
  const [first] = parts
  if (!first) throw new PartError('no part files are given')
  const { run, shard } = first.part
  const problems: string[] = []
  const taken = new Map<number, string>()
  for (const { name, part } of parts) {
    const twin = taken.get(part.shard.number)
    if (part.version !== version)
      problems.push(`${name} was written by bulkcheck ${part.version}, but this is bulkcheck ${version}`)
    else if (part.run !== run || part.shard.of !== shard.of)
      problems.push(`${name} and ${first.name} are parts of different runs`)
    else if (twin !== undefined) problems.push(`${name} and ${twin} are the same part`)
    else taken.set(part.shard.number, name)
  }
  if (problems.length === 0)
    for (let number = 1; number <= shard.of; number += 1)
      if (!taken.has(number)) problems.push(`part ${number} of ${shard.of} is missing`)
  if (problems.length > 0) throw new PartError(problems.join('\n'))
  return parts.map((it) => it.part).sort((a, b) => a.shard.number - b.shard.number)
}
