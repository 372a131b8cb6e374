import { UsageError } from '../config/error.ts'
import type { Plan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'
import { defaultLimits, type ExportLevel, exportLevels, type Target } from '../model/target.ts'
import { visible } from '../report/visible-text.ts'
import { joinFirst } from '../report/standings.ts'
import type { LoadedSuites } from '../suite/load.ts'
import { findFiles, ndjsonNames } from './find-files.ts'
import type { ForeignContent } from './file-content.ts'
import { type FileEntry, foreignContentOf, type LocalFile } from './inspect-files.ts'
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
  /** Names of other files in the folders that were named. */
  readonly others: readonly string[]
}

/** The files at paths, and below those that are folders; `/dev/stdin` is `input`. Throws UsageError. */
export function inputFromPaths(
  paths: readonly string[],
  cwd: string,
  input: () => AsyncIterable<Uint8Array>,
): FilesInput {
  const { files: listed, others } = findFiles(paths, cwd, input)
  return {
    name: joinFirst(paths.map((it) => (it === standardInput ? 'standard input' : it))),
    listed,
    others,
  }
}

/** The files of a manifest. Throws UsageError. */
export function inputFromManifest(it: Parameters<typeof readLocalManifest>[0]): FilesInput {
  const manifest = readLocalManifest(it)
  return { name: it.name, manifest, listed: manifest.files, others: [] }
}

/** How files are validated. */
export interface ValidationSettings {
  readonly loaded: LoadedSuites
  readonly ig: Target['ig']
  /** The longest line that is judged, in bytes. */
  readonly lineBytes: number
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
  /** Files that hold no resource; they are not judged. */
  readonly foreign: readonly ForeignFile[]
  /** Names of logs of export clients; they are not judged. */
  readonly logs: readonly string[]
  readonly level?: ExportLevel
  readonly manifest?: LocalManifest
}

/** A file without resources. */
export interface ForeignFile {
  readonly name: string
  /** Completes "it is …", where it can be said. */
  readonly is?: string
}

/** Plans the tests of files that were inspected; without a manifest, those that hold no resource are left out. */
export async function planInspectedFiles(
  { name, manifest }: Pick<FilesInput, 'name' | 'manifest'>,
  inspected: readonly LocalFile[],
  settings: ValidationSettings,
): Promise<PlannedFiles> {
  const without = manifest ? new Map() : await filesWithoutResources(inspected, settings.signal)
  const files = without.size > 0 ? renumbered(inspected.filter((it) => !without.has(it))) : inspected
  const level = settings.level ?? manifest?.level
  const known = level ? { level } : {}
  const target = targetOf(name, settings, manifest)
  return {
    plan: planFiles(settings.loaded, target, { ...known, manifest: manifest !== undefined }),
    target,
    files,
    ...leftOut(without),
    ...known,
    ...(manifest ? { manifest } : {}),
  }
}

/** The outcome of a validation. */
export interface ValidationOutcome {
  readonly result: RunResult
  /** Files that turned out to hold no resource. */
  readonly foreign: readonly ForeignFile[]
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
export function withForeignFiles(result: RunResult, files: readonly ForeignFile[]): RunResult {
  const warnings = files.map(
    ({ name, is }) =>
      `${name} was not judged: it is not FHIR NDJSON, ${is === undefined ? 'because it contains no FHIR resources' : `but ${is}`}.`,
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
export function refuseFilesWithoutResources(files: readonly ForeignFile[]): void {
  const problems = files.map(
    ({ name, is }) =>
      `${visible(name)} is not FHIR NDJSON: it ${is === undefined ? 'contains no FHIR resources' : `is ${is}`}`,
  )
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
}

/** One line that names the files that were left out of the judging and change nothing; `undefined` if there are none. */
export function notJudgedText(others: readonly string[], logs: readonly string[]): string | undefined {
  const texts = [
    ...(logs.length > 0
      ? [`${joinFirst(logs)} (${logs.length === 1 ? 'the log' : 'logs'} of an export client)`]
      : []),
    ...(others.length > 0 ? [`${joinFirst(others)} (no name that ends in ${ndjsonNames})`] : []),
  ]
  return texts.length > 0 ? `Not judged: ${texts.map(visible).join('; ')}` : undefined
}

function targetOf(
  name: string,
  { ig, lineBytes }: Pick<ValidationSettings, 'ig' | 'lineBytes'>,
  manifest: LocalManifest | undefined,
): Target {
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
    limits: { ...defaultLimits, lineBytes },
  }
}

async function filesWithoutResources(
  files: readonly LocalFile[],
  signal: AbortSignal,
): Promise<ReadonlyMap<LocalFile, ForeignContent>> {
  const without = new Map<LocalFile, ForeignContent>()
  for (const it of files) {
    if (!it.startsWithoutResource || signal.aborted) continue
    const content = await foreignContentOf(it.source)
    if (content) without.set(it, content)
  }
  return without
}

function renumbered(files: readonly LocalFile[]): readonly LocalFile[] {
  return files.map((it, at) => ({ ...it, file: { ...it.file, number: at, exchange: at + 1 } }))
}

function leftOut(without: ReadonlyMap<LocalFile, ForeignContent>): Pick<PlannedFiles, 'foreign' | 'logs'> {
  const all = [...without]
  return {
    foreign: all.flatMap(([{ name }, it]) =>
      it.kind === 'log' ? [] : [{ name, ...(it.is === undefined ? {} : { is: it.is }) }],
    ),
    logs: all.flatMap(([{ name }, it]) => (it.kind === 'log' ? [name] : [])),
  }
}

/** Files that could not be inspected before they were judged, and turned out to contain no resource. */
function onceReadFilesWithoutResources(
  files: readonly LocalFile[],
  result: RunResult,
): readonly ForeignFile[] {
  return files.flatMap(({ source, name, file }) => {
    const held = source.once && result.files?.find((it) => it.exchange === file.exchange)
    return held && held.lines > 0 && Object.keys(held.resources).length === 0 ? [{ name }] : []
  })
}

/** Bytes of files; absent if unknown. */
export function totalBytes(files: readonly LocalFile[]): number | undefined {
  return files.every(({ source }) => source.size !== undefined)
    ? files.reduce((sum, { source: { size = 0 } }) => sum + size, 0)
    : undefined
}
