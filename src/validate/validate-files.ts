import { UsageError } from '../config/error.ts'
import type { Plan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'
import { defaultLimits, type ExportLevel, exportLevels, type Target } from '../model/target.ts'
import { visible } from '../report/visible-text.ts'
import { joinFirst } from '../report/standings.ts'
import type { LoadedSuites } from '../suite/load.ts'
import { findFiles } from './find-files.ts'
import { type FileEntry, holdsNoResource, type LocalFile } from './inspect-files.ts'
import { type FilesToJudge, judgeFiles } from './judge-files.ts'
import { type LocalManifest, readLocalManifest } from './local-manifest.ts'
import { planFiles } from './plan-files.ts'
import { standardInput } from './standard-input.ts'

/** Files to be validated: those that were named, or those of a manifest. */
export interface FilesInput {
  /** For display. */
  readonly name: string
  readonly manifest?: LocalManifest
  readonly listed: readonly FileEntry[]
}

/** The files at paths, and below those that are folders; `/dev/stdin` is `input`. Throws UsageError. */
export function inputFromPaths(
  paths: readonly string[],
  cwd: string,
  input: () => AsyncIterable<Uint8Array>,
): FilesInput {
  const listed = findFiles(paths, cwd, input).map((it) => ({ ...it, kind: 'output' as const }))
  return { name: joinFirst(paths.map((it) => (it === standardInput ? 'standard input' : it))), listed }
}

/** The files of a manifest. Throws UsageError. */
export function inputFromManifest(it: Parameters<typeof readLocalManifest>[0]): FilesInput {
  const manifest = readLocalManifest(it)
  return { name: it.name, manifest, listed: manifest.files }
}

/** How files are validated. */
export interface ValidationSettings {
  readonly loaded: LoadedSuites
  readonly ig: Target['ig']
  /** Absent: that of the manifest, or unknown. */
  readonly level?: ExportLevel
  /** Ends the inspection of files. */
  readonly signal: AbortSignal
}

/** Files to be judged, numbered from 0, and what is tested of them. */
export interface PlannedFiles {
  readonly plan: Plan
  readonly target: Target
  readonly files: readonly LocalFile[]
  /** Names of files that hold no resource; they are not judged. */
  readonly foreign: readonly string[]
  readonly level?: ExportLevel
  readonly manifest?: LocalManifest
}

/** Plans the tests of files that were inspected; without a manifest, those that hold no resource are left out. */
export async function planInspectedFiles(
  { name, manifest }: Pick<FilesInput, 'name' | 'manifest'>,
  inspected: readonly LocalFile[],
  settings: ValidationSettings,
): Promise<PlannedFiles> {
  const foreign = manifest ? [] : await filesWithoutResources(inspected, settings.signal)
  const files = inspected
    .filter((it) => !foreign.includes(it))
    .map((it, at) => ({ ...it, file: { ...it.file, number: at, exchange: at + 1 } }))
  const level = settings.level ?? manifest?.level
  const known = level ? { level } : {}
  const target = targetOf(name, settings.ig, manifest)
  return {
    plan: planFiles(settings.loaded, target, { ...known, manifest: manifest !== undefined }),
    target,
    files,
    foreign: foreign.map((it) => it.name),
    ...known,
    ...(manifest ? { manifest } : {}),
  }
}

/** The outcome of a validation. */
export interface ValidationOutcome {
  readonly result: RunResult
  /** Names of files that turned out to hold no resource. */
  readonly foreign: readonly string[]
  /** The files contain no resource: there is nothing to report. */
  readonly isEmpty: boolean
}

/** Judges planned files. Throws UsageError if none can be read. */
export async function validateFiles(
  planned: PlannedFiles,
  judging: Omit<FilesToJudge<LocalFile>, 'plan' | 'target' | 'files' | 'manifest'>,
): Promise<ValidationOutcome> {
  const result = await judgeFiles(filesToJudge(planned, judging))
  const { files, manifest } = planned
  const once = judging.signal?.aborted ? [] : onceReadFilesWithoutResources(files, result)
  const foreign = [...planned.foreign, ...once]
  const isEmpty = !manifest && foreign.length >= files.length + planned.foreign.length
  return { result: withForeignFiles(result, foreign), foreign, isEmpty }
}

/** A result with a warning for each file that holds no resource: it was not judged, so the result is not of all files that were named. */
export function withForeignFiles(result: RunResult, names: readonly string[]): RunResult {
  const warnings = names.map(
    (it) => `${it} was not judged: it is not FHIR NDJSON, because it contains no FHIR resources.`,
  )
  return { ...result, warnings: [...result.warnings, ...warnings] }
}

/** Planned files, with what judging them takes. */
export function filesToJudge(
  { plan, target, files, manifest }: PlannedFiles,
  judging: Omit<FilesToJudge<LocalFile>, 'plan' | 'target' | 'files' | 'manifest'>,
): FilesToJudge<LocalFile> {
  return { ...judging, plan, target, files, ...(manifest ? { manifest: manifest.manifest } : {}) }
}

/** Throws UsageError that lists files without resources, if there are any. */
export function refuseFilesWithoutResources(names: readonly string[]): void {
  if (names.length > 0)
    throw new UsageError(
      names.map((it) => `${visible(it)} is not FHIR NDJSON: it contains no FHIR resources`).join('\n'),
    )
}

function targetOf(name: string, ig: Target['ig'], manifest: LocalManifest | undefined): Target {
  return {
    name,
    fhirUrl: manifest?.fhirUrl ?? '',
    ig,
    authorization: { kind: 'none' },
    levels: exportLevels,
    // Tests of Group exports are planned where a Group is configured.
    groupId: 'unknown',
    supports: ['_since'],
    tokenOrigins: [],
    limits: defaultLimits,
  }
}

async function filesWithoutResources(
  files: readonly LocalFile[],
  signal: AbortSignal,
): Promise<readonly LocalFile[]> {
  const foreign: LocalFile[] = []
  for (const it of files)
    if (it.startsWithoutResource && !signal.aborted && (await holdsNoResource(it))) foreign.push(it)
  return foreign
}

/** Names of files that could not be inspected before they were judged, and turned out to contain no resource. */
function onceReadFilesWithoutResources(files: readonly LocalFile[], result: RunResult): readonly string[] {
  return files.flatMap(({ once, name, file }) => {
    const held = result.files?.find((it) => it.exchange === file.exchange)
    return once && held && held.lines > 0 && Object.keys(held.resources).length === 0 ? [name] : []
  })
}

/** Bytes of files; absent if unknown. */
export function totalBytes(files: readonly LocalFile[]): number | undefined {
  return files.every((it) => it.size !== undefined)
    ? files.reduce((sum, { size = 0 }) => sum + size, 0)
    : undefined
}
