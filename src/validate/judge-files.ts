import { boundedResult } from '../model/bounds/bounded-result.ts'
import { steadyNow } from '../model/clock.ts'
import { isResourceType } from '../r4/facts.ts'
import type { Manifest } from '../model/export/export.ts'
import type { Plan } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Level } from '../model/requirement.ts'
import type { ResultFile, ResultScope, RunResult } from '../model/result.ts'
import type { Target } from '../model/target.ts'
import type { JudgeProgress } from '../output/judge-progress.ts'
import type { JudgeEnvironment } from '../output/judge-environment.ts'
import type { HaltSignal } from '../output/slice.ts'
import { UnreadableFileError } from '../output/byte-source.ts'
import { type Judging, judgeTests, openJudging } from '../run/judging.ts'
import type { KnownFailing } from '../run/known-failing.ts'
import { eachLargestFirst, type ProbeFilesReader, type ProbeFilesResult } from '../run/probe-files.ts'
import { scopeOf } from '../run/result-scope.ts'
import { runResultOf } from '../run/run-result.ts'
import { packageNamesOf } from '../run/tested-setting.ts'
import { UsageError } from '../config/error.ts'
import { slicesOf } from './file-bytes.ts'
import type { LocalFile } from './inspect-files.ts'
import { localExportKey } from './plan-files.ts'

/** What judging files needs. */
export interface FilesToJudge<F extends NamedFile = NamedFile> {
  readonly plan: Plan
  readonly target: Target
  readonly files: readonly F[]
  /** Absent: it is unknown which files belong together. */
  readonly manifest?: Manifest
  readonly suites: { readonly sha256: string }
  readonly failOn: Level
  readonly knownFailing: readonly KnownFailing[]
  /** The file that they come from, as given. */
  readonly knownFailingFile?: string
  readonly harness: string
  /** Paths of FHIR packages; resources are validated against their profiles. */
  readonly packages: readonly string[]
  readonly environment: JudgeEnvironment
  /** Ends the reading: what was judged until then is the result. */
  readonly signal?: AbortSignal
  readonly onProgress?: (done: JudgeProgress) => void
}

/** An output file and its name. */
export type NamedFile = Pick<LocalFile, 'name' | 'file'>

/** Files that were not read as a whole, by their numbers: why they cannot be, or nothing where the signal came before. */
export type UnreadFiles = ReadonlyMap<number, string | undefined>

/** Where files are judged as those of a complete export, as if a run had brought them. */
export interface FilesJudge {
  readonly reader: ProbeFilesReader
  /** The result, once all of them have been read but for these. Throws UsageError if none can be. */
  conclude(unread: UnreadFiles): Promise<RunResult>
}

/** Judges files. Throws UsageError if none can be read. */
export async function judgeFiles(given: FilesToJudge<LocalFile>): Promise<RunResult> {
  const judging = openFilesJudge(given)
  return judging.conclude(await readFiles(judging.reader, given))
}

/** Begins to judge files. */
export function openFilesJudge(given: FilesToJudge): FilesJudge {
  const { plan, target, environment, signal } = given
  const startedAt = steadyNow()
  const [probe] = plan.probes
  if (!probe) throw new Error('a plan on files has one probe')
  const judging = openJudging({
    ...{ plan, target, environment, packages: given.packages },
    halt: haltOn(signal),
    ...(given.onProgress ? { onProgress: given.onProgress } : {}),
  })
  const time = given.manifest?.transactionTime
  const reader = judging.openReader(probe, time === undefined ? {} : { transactionTime: time })
  return {
    reader,
    async conclude(unread) {
      const warnings = unreadableFiles(given.files, unread)
      if (warnings.length > 0 && warnings.length === given.files.length)
        throw new UsageError(warnings.join('\n'))
      const brought = await reader.finish()
      judging.files.set(localExportKey, brought)
      judging.evidence.set(localExportKey, evidenceOf(given, unread))
      const packageNames = await packageNamesOf(given.packages)
      return resultOf(given, { judging, startedAt, brought, warnings, unread, packageNames })
    },
  }
}

function haltOn(signal: AbortSignal | undefined): HaltSignal {
  const halt = new Uint8Array(new SharedArrayBuffer(1))
  if (signal?.aborted) halt.fill(1)
  signal?.addEventListener('abort', () => halt.fill(1))
  return halt
}

const remedy = 'Tests that depend on this file do not pass: fix the file, and validate again.'

function resultOf(
  given: FilesToJudge,
  it: {
    readonly judging: Judging
    readonly startedAt: number
    readonly brought: ProbeFilesResult
    readonly warnings: readonly string[]
    readonly unread: UnreadFiles
    readonly packageNames: readonly string[]
  },
): RunResult {
  const { files, knownFailing } = given
  const { judging, startedAt, brought, unread } = it
  const result = runResultOf(judging, {
    harness: given.harness,
    scope: { ...scopeOf('files', judging.plan), ...unreadNames(files, unread) },
    complete: [...unread.values()].every((why) => why !== undefined),
    jobs: { started: 0, deleted: 0, perhapsLeft: [] },
    suites: given.suites,
    failOn: given.failOn,
    warnings: it.warnings.map((warning) => `${warning}. ${remedy}`),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: steadyNow() - startedAt,
    tests: judgeTests(judging, { exchanges: [], knownFailing }),
    exchanges: [],
    packageNames: it.packageNames,
    knownFailingFile: given.knownFailingFile,
  })
  // The files did not come from the server in this session, so its URL is not shown.
  return boundedResult({
    ...result,
    target: { ...result.target, fhirUrl: '' },
    files: namedResultFilesOf(files, brought),
  })
}

function unreadNames(files: readonly NamedFile[], unread: UnreadFiles): Pick<ResultScope, 'unread'> {
  const names = files.flatMap(({ name, file }) =>
    unread.has(file.number) ? [{ exchange: file.exchange, name }] : [],
  )
  return names.length > 0 ? { unread: names } : {}
}

/** Which files cannot be read, and why. */
export function unreadableFiles(files: readonly NamedFile[], unread: UnreadFiles): readonly string[] {
  return files.flatMap(({ name, file }) => {
    const why = unread.get(file.number)
    return why === undefined ? [] : [`${name} cannot be read: ${why}`]
  })
}

/** Reads files, largest first, until the signal comes. */
export async function readFiles(
  reading: ProbeFilesReader,
  { files, signal }: Pick<FilesToJudge<LocalFile>, 'files' | 'signal'>,
): Promise<UnreadFiles> {
  const unread = new Map<number, string | undefined>()
  const read = async (it: LocalFile) => {
    const { number } = it.file
    try {
      if (it.unreadable !== undefined) unread.set(number, it.unreadable)
      else if (!(await reading.judgeFile(it.file, slicesOf(it.source, signal)))) unread.set(number, undefined)
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error
      unread.set(number, error.message)
    }
  }
  await eachLargestFirst(files, (it) => it.file.bytes, read)
  return unread
}

function evidenceOf({ files, manifest }: FilesToJudge, unread: UnreadFiles): Evidence {
  return {
    probe: 'files',
    ...(manifest ? { manifest } : {}),
    files: files.map(({ file }) => (unread.has(file.number) ? { ...file, retrieved: false } : file)),
  }
}

function namedResultFilesOf(files: readonly NamedFile[], read: ProbeFilesResult): readonly ResultFile[] {
  const known = new Map(files.map((it) => [it.file.number, it]))
  return read.files.flatMap(({ number, bytes, lines, resources }): readonly ResultFile[] => {
    const it = known.get(number)
    if (!it) return []
    const { exchange, kind, type } = it.file
    const { name } = it
    // The type in a manifest may be any value.
    if (!isResourceType(type)) return [{ exchange, name, kind, bytes, lines, resources }]
    return [{ exchange, name, kind, type, bytes, lines, resources }]
  })
}
