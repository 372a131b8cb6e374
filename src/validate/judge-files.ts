import { randomUUID } from 'node:crypto'
import { r4ResourceTypes } from '../model/fhir/names.ts'
import type { Exchange } from '../model/http/exchange.ts'
import type { Export, Manifest } from '../model/export/export.ts'
import type { Plan } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Level } from '../model/requirement.ts'
import type { ResultFile, RunResult, TestResult } from '../model/result.ts'
import type { Target } from '../model/target.ts'
import type { JudgeProgress } from '../output/export-judge.ts'
import type { JudgeEnvironment } from '../output/file-judge.ts'
import { UnreadableFileError } from '../output/judge-slice.ts'
import {
  type ProbeFilesResult,
  type ProbeFilesReader,
  fileReadPlanOf,
  openProbeFilesReader,
} from '../run/probe-files.ts'
import { resultProfilesOf, recordedValueSource } from '../run/perform-plan.ts'
import { scopeOf } from '../run/result-scope.ts'
import { judgeInputOf, judgeTests, vocabularyIndex } from '../run/run.ts'
import { UsageError } from '../cli/command.ts'
import { type LocalFile, slicesOf } from './local-files.ts'
import { localExportKey } from './plan-files.ts'

/** What judging files needs. */
export interface FilesToJudge<F extends NamedFile = NamedFile> {
  readonly plan: Plan
  readonly target: Target
  readonly files: readonly F[]
  /** Absent: nobody knows which files belong together, and how. */
  readonly manifest?: Manifest
  readonly suites: { readonly sha256: string }
  readonly failOn: Level
  readonly knownFailing: readonly string[]
  readonly harness: string
  /** Paths of FHIR packages whose profiles resources are held against. */
  readonly packages: readonly string[]
  readonly means: JudgeEnvironment
  /** Ends the reading: what was judged until then is the result. */
  readonly signal?: AbortSignal
  readonly onProgress?: (done: JudgeProgress) => void
}

/** An output file, and what it is called. */
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
  const { plan, target, means, signal } = given
  const startedAt = Date.now()
  const evidence = new Map<string, Evidence>()
  const read = new Map<string, ProbeFilesResult>()
  const picked = new Map()
  const source = recordedValueSource({ evidence, read, picked, groupId: undefined }, vocabularyIndex)
  const [probe] = plan.probes
  if (!probe) throw new Error('a plan on files has one probe')
  const halt = new Uint8Array(new SharedArrayBuffer(1))
  if (signal?.aborted) halt.fill(1)
  signal?.addEventListener('abort', () => halt.fill(1))
  const reading = openProbeFilesReader({
    probe,
    readings: fileReadPlanOf(plan, vocabularyIndex.checks, vocabularyIndex.picks),
    checks: vocabularyIndex.checks,
    source,
    target,
    means,
    packages: given.packages,
    values: [],
    halt,
    ...(given.manifest?.transactionTime ? { transactionTime: given.manifest.transactionTime } : {}),
    ...(given.onProgress ? { onProgress: given.onProgress } : {}),
  })
  return {
    reader: reading,
    async conclude(unread) {
      const warnings = unreadableFiles(given.files, unread)
      if (warnings.length > 0 && warnings.length === given.files.length)
        throw new UsageError(warnings.join('\n'))
      const brought = await reading.finish()
      read.set(localExportKey, brought)
      evidence.set(localExportKey, evidenceOf(given, { startedAt, unread }))
      const performed = { evidence, files: read, source, picked }
      const tests = judgeTests(plan, judgeInputOf({ plan, target, exchanges: [], performed }), given)
      return resultOf(given, { startedAt, tests, brought, warnings, unread })
    },
  }
}

const remedy = 'It was not judged, and no test that it could break passes: put it right, and validate again.'

function resultOf(
  given: FilesToJudge,
  it: {
    readonly startedAt: number
    readonly tests: readonly TestResult[]
    readonly brought: ProbeFilesResult
    readonly warnings: readonly string[]
    readonly unread: UnreadFiles
  },
): RunResult {
  const { plan, target, files } = given
  const { startedAt, tests, brought, unread } = it
  const lost = files.flatMap(({ name, file }) =>
    unread.has(file.number) ? [{ exchange: file.exchange, name }] : [],
  )
  return {
    version: 2,
    run: randomUUID(),
    harness: given.harness,
    scope: {
      ...scopeOf('files', plan),
      ...(lost.length > 0 ? { unread: lost } : {}),
    },
    complete: [...unread.values()].every((why) => why !== undefined),
    jobs: { started: 0, deleted: 0, perhapsLeft: [] },
    suites: given.suites,
    target: { name: target.name, fhirUrl: '', ig: target.ig },
    failOn: given.failOn,
    warnings: it.warnings.map((warning) => `${warning}. ${remedy}`),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Date.now() - startedAt,
    tests: tests.map((it) => ({ ...it, exchanges: it.exchanges.filter((one) => one !== unseenExchange) })),
    exchanges: [],
    files: namedResultFilesOf(files, brought),
    ...resultProfilesOf(plan, { files: new Map([[localExportKey, brought]]) }),
  }
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
      else if (!(await reading.judgeFile(it.file, slicesOf(it, signal)))) unread.set(number, undefined)
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error
      unread.set(number, error.message)
    }
  }
  const largestFirst = [...files].sort((a, b) => b.file.bytes - a.file.bytes)
  await Promise.all(largestFirst.map(read))
  return unread
}

/** The kick-off and the completion that nobody saw have the number 0, which no exchange of a run has. */
const unseenExchange = 0

function evidenceOf(
  { files, manifest }: FilesToJudge,
  { startedAt, unread }: { readonly startedAt: number; readonly unread: UnreadFiles },
): Evidence {
  const it: Exchange = {
    number: unseenExchange,
    request: { method: 'GET', url: '', headers: [] },
    startedAt: new Date(startedAt).toISOString(),
    durationMs: 0,
  }
  const complete: Export = {
    state: 'complete',
    kickoff: it,
    statusUrl: '',
    polls: [],
    completion: it,
    manifest: manifest ?? { items: [] },
    files: files.map(({ file }) => (unread.has(file.number) ? { ...file, retrieved: false } : file)),
  }
  const sent = { level: 'system' as const, method: 'GET' as const, url: '', parameters: [], headers: [] }
  return { probe: 'export', sent, export: complete }
}

function namedResultFilesOf(files: readonly NamedFile[], read: ProbeFilesResult): readonly ResultFile[] {
  const known = new Map(files.map((it) => [it.file.number, it]))
  return read.files.flatMap(({ number, ...holds }): ResultFile[] => {
    const it = known.get(number)
    if (!it) return []
    const { exchange, kind, type } = it.file
    // What a manifest calls a type may be anything.
    const shown = type !== undefined && r4ResourceTypes.has(type) ? { type } : {}
    return [{ exchange, name: it.name, kind, ...shown, ...holds }]
  })
}
