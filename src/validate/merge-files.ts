import type { Level } from '../model/requirement.ts'
import type { RunResult } from '../model/result.ts'
import type { JudgeEnvironment } from '../output/judge-environment.ts'
import type { KnownFailing } from '../run/known-failing.ts'
import { joinParts, requireSameSuitesAndPackages } from '../run/shard/merge-parts.ts'
import type { ShardPart } from '../run/shard/part-file.ts'
import type { LoadedSuites } from '../suite/load.ts'
import { openFilesJudge } from './judge-files.ts'
import { localExportKey, planFiles } from './plan-files.ts'
import type { FilesPart } from './judge-shard.ts'

/** How parts are judged together. */
export interface MergeSettings {
  readonly loaded: LoadedSuites
  /** Paths of FHIR packages. */
  readonly packages: readonly string[]
  readonly failOn: Level
  readonly knownFailing: readonly KnownFailing[]
  /** The file that they come from, as given. */
  readonly knownFailingFile?: string
  readonly harness: string
  readonly environment: JudgeEnvironment
}

/** The result of judging files on several machines. Throws PartError where suites or packages are others than theirs. */
export async function mergeFiles(
  parts: readonly [ShardPart<FilesPart>, ...ShardPart<FilesPart>[]],
  merging: MergeSettings,
): Promise<RunResult> {
  const [{ of }] = parts
  const { loaded, packages } = merging
  await requireSameSuitesAndPackages(of, merging)
  const { target, files, manifest, level } = of
  const judging = openFilesJudge({
    ...merging,
    plan: planFiles(loaded, target, { ...(level ? { level } : {}), manifest: manifest !== undefined }),
    target,
    files,
    ...(manifest ? { manifest } : {}),
    suites: { sha256: loaded.sha256 },
    packages,
  })
  joinParts(judging.reader, localExportKey, parts)
  const result = await judging.conclude(new Map(parts.flatMap((it) => [...it.of.unread])))
  const startedAt = Math.min(...parts.map((it) => it.of.startedAt))
  const endedAt = Math.max(...parts.map((it) => it.of.endedAt))
  return { ...result, startedAt: new Date(startedAt).toISOString(), durationMs: endedAt - startedAt }
}
