import { createHash } from 'node:crypto'
import { packageVersion } from '../config/package.ts'
import { shareOf } from '../model/shard.ts'
import type { ExportLevel, Target } from '../model/target.ts'
import { profilesOf } from '../output/thread.ts'
import type { ProbeReading } from '../run/files.ts'
import { writePart } from '../run/part.ts'
import type { LocalFile } from './ndjson-files.ts'
import { UsageError } from './command.ts'
import { type Sharding, sharedIn } from './shard.ts'
import {
  type FilesToJudge,
  type NamedFile,
  openFiles,
  readFiles,
  type Unread,
  unreadable,
} from './validate-judge.ts'
import { localExport } from './validate-plan.ts'

/** What a part says of the files that are judged, those of other machines included. */
export interface FilesPart {
  readonly of: 'files'
  readonly suites: string
  /** Name and version of each FHIR package. */
  readonly packages: readonly string[]
  readonly target: Target
  readonly level?: ExportLevel
  readonly manifest?: FilesToJudge['manifest']
  readonly files: readonly NamedFile[]
  /** Names of files that hold no resource. */
  readonly foreign: readonly string[]
  /** Of the files of this machine. */
  readonly unread: Unread
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number
}

/** Judges the files of one machine, writes what it found out, and says so, with a line for each file that cannot be read. */
export async function judgeShare(
  given: FilesToJudge<LocalFile>,
  it: Sharding & Pick<FilesPart, 'level' | 'foreign'>,
): Promise<string> {
  const { files, target, manifest } = given
  const once = files.find((file) => file.once)
  if (once) throw new UsageError(`${once.name} can be read once only, not by several machines`)
  const startedAt = Date.now()
  const mine = filesOfShare(files, it)
  const judging = openFiles(given)
  const unread = await readFiles(judging.reading, { ...given, files: mine })
  const found = await judging.reading.found()
  const common: Omit<FilesPart, 'unread' | 'startedAt' | 'endedAt'> = {
    of: 'files',
    suites: given.suites.sha256,
    packages: (await profilesOf(given.packages))?.packages ?? [],
    target,
    ...(it.level ? { level: it.level } : {}),
    ...(manifest ? { manifest } : {}),
    files: files.map(({ name, file }) => ({ name, file })),
    foreign: it.foreign,
  }
  writePart<FilesPart>(it.part, {
    version: packageVersion,
    shard: it.shard,
    run: createHash('sha256').update(JSON.stringify(common)).digest('hex'),
    reads: [{ probe: localExport, ...named(judging.reading), found }],
    of: { ...common, unread, startedAt, endedAt: Date.now() },
  })
  return [sharedIn(it.shard, [...found.counted.values()]), ...unreadable(mine, unread)].join('\n')
}

function named({ keys, queries }: Pick<ProbeReading, 'keys' | 'queries'>) {
  return { keys, queries }
}

/** The files that one machine judges. */
export function filesOfShare<T extends NamedFile>(
  files: readonly T[],
  { shard }: Pick<Sharding, 'shard'>,
): readonly T[] {
  const mine = shareOf(
    files.map(({ file }) => ({ bytes: file.bytes })),
    shard,
  )
  return files.filter((_, at) => mine.has(at))
}
