import { createHash } from 'node:crypto'
import { steadyNow } from '../model/clock.ts'
import { UsageError } from '../config/error.ts'
import { harnessVersion } from '../config/harness-package.ts'
import { filesOfShard } from '../model/export/shard.ts'
import type { ExportLevel, Target } from '../model/target.ts'
import { profilesOfPackages } from '../output/package-profiles.ts'
import type { ProbeFilesReader } from '../run/probe-files.ts'
import { writePart } from '../run/shard/part-file.ts'
import type { LocalFile } from './inspect-files.ts'
import type { ShardSettings } from '../run/shard/shard-settings.ts'
import type { FileCount } from '../output/export-judge.ts'
import {
  type FilesToJudge,
  type NamedFile,
  openFilesJudge,
  readFiles,
  type UnreadFiles,
  unreadableFiles,
} from './judge-files.ts'
import type { ForeignFile } from './validate-files.ts'
import { localExportKey } from './plan-files.ts'

/** What a part records about the files, those of other machines included. */
export interface FilesPart {
  readonly of: 'files'
  readonly suites: string
  /** Name and version of each FHIR package. */
  readonly packages: readonly string[]
  readonly target: Target
  readonly level?: ExportLevel
  readonly manifest?: FilesToJudge['manifest']
  readonly files: readonly NamedFile[]
  /** Files that hold no resource. */
  readonly foreign: readonly ForeignFile[]
  /** Of the files of this machine. */
  readonly unread: UnreadFiles
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number
}

/** What one machine has judged, and a line for each of its files that cannot be read. */
export interface ShardFilesOutcome {
  readonly counts: readonly Omit<FileCount, 'number'>[]
  readonly unreadable: readonly string[]
}

/** Judges the files of one machine and writes its part. Throws UsageError where a file can be read only once. */
export async function judgeShardFiles(
  given: FilesToJudge<LocalFile>,
  it: ShardSettings & Pick<FilesPart, 'level' | 'foreign'>,
): Promise<ShardFilesOutcome> {
  const { files, target, manifest } = given
  const once = files.find(({ source }) => source.once)
  if (once) throw new UsageError(`${once.name} can be read only once, so several machines cannot share it`)
  const startedAt = steadyNow()
  const mine = shardFilesOf(files, it)
  const judging = openFilesJudge(given)
  const unread = await readFiles(judging.reader, { ...given, files: mine })
  const found = await judging.reader.partialResult()
  const common: Omit<FilesPart, 'unread' | 'startedAt' | 'endedAt'> = {
    of: 'files',
    suites: given.suites.sha256,
    packages: (await profilesOfPackages(given.packages))?.packages ?? [],
    target,
    ...(it.level ? { level: it.level } : {}),
    ...(manifest ? { manifest } : {}),
    files: files.map(({ name, file }) => ({ name, file })),
    foreign: it.foreign,
  }
  writePart<FilesPart>(it.part, {
    version: harnessVersion,
    shard: it.shard,
    run: createHash('sha256').update(JSON.stringify(common)).digest('hex'),
    reads: [{ probe: localExportKey, ...keysAndQueriesOf(judging.reader), found }],
    of: { ...common, unread, startedAt, endedAt: steadyNow() },
  })
  return { counts: [...found.counted.values()], unreadable: unreadableFiles(mine, unread) }
}

function keysAndQueriesOf({ keys, queries }: Pick<ProbeFilesReader, 'keys' | 'queries'>) {
  return { keys, queries }
}

/** The files that one machine judges. */
export function shardFilesOf<T extends NamedFile>(
  files: readonly T[],
  { shard }: Pick<ShardSettings, 'shard'>,
): readonly T[] {
  const mine = filesOfShard(
    files.map(({ file }) => ({ bytes: file.bytes })),
    shard,
  )
  return files.filter((_, at) => mine.has(at))
}
