import { ConfigError } from '../config/error.ts'
import type { Level } from '../model/requirement.ts'
import type { RunResult } from '../model/result.ts'
import type { Means } from '../output/judging.ts'
import { profilesOf } from '../output/thread.ts'
import { joinReads } from '../run/merge.ts'
import type { Part } from '../run/part.ts'
import type { Loaded } from '../suite/load.ts'
import { openFiles } from './validate-judge.ts'
import { localExport, planFiles } from './validate-plan.ts'
import type { FilesPart } from './validate-share.ts'

/** How parts are judged together. */
export interface Merging {
  readonly loaded: Loaded
  /** Paths of FHIR packages. */
  readonly packages: readonly string[]
  readonly failOn: Level
  readonly knownFailing: readonly string[]
  readonly harness: string
  readonly means: Means
}

/** The result of judging files on several machines. Throws ConfigError where suites or packages are others than theirs. */
export async function mergeFiles(
  parts: readonly [Part<FilesPart>, ...Part<FilesPart>[]],
  merging: Merging,
): Promise<RunResult> {
  const [{ of }] = parts
  const { loaded, packages } = merging
  await refuseOthers(of, merging)
  const { target, files, manifest, level } = of
  const judging = openFiles({
    ...merging,
    plan: planFiles(loaded, target, { ...(level ? { level } : {}), manifest: manifest !== undefined }),
    target,
    files,
    ...(manifest ? { manifest } : {}),
    suites: { sha256: loaded.sha256 },
    packages,
  })
  joinReads(judging.reading, localExport, parts)
  const result = await judging.conclude(new Map(parts.flatMap((it) => [...it.of.unread])))
  const startedAt = Math.min(...parts.map((it) => it.of.startedAt))
  const endedAt = Math.max(...parts.map((it) => it.of.endedAt))
  return { ...result, startedAt: new Date(startedAt).toISOString(), durationMs: endedAt - startedAt }
}

/** Throws ConfigError unless suites and packages are those of the parts. */
export async function refuseOthers(
  of: { readonly suites: string; readonly packages: readonly string[] },
  { loaded, packages }: Pick<Merging, 'loaded' | 'packages'>,
): Promise<void> {
  if (of.suites !== loaded.sha256)
    throw new ConfigError('the parts were made with other suites: --suites names those, as it did then')
  const names = (await profilesOf(packages))?.packages ?? []
  if (names.join('\n') !== of.packages.join('\n'))
    throw new ConfigError(
      of.packages.length === 0
        ? 'the parts were made without --ig-package'
        : `the parts were made with other packages: --ig-package names them, as it did then (${of.packages.join(', ')})`,
    )
}
