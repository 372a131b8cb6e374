import type { OutputFileStart, FileSink } from '../model/export/file-sink.ts'
import type { ProfileCoverage } from '../model/fhir/profile-coverage.ts'
import type { OutputFile } from '../model/http/exchange.ts'
import { type IndexBuilder, type IndexResult, openIndexBuilder } from './index/builder.ts'
import type { StoreFile } from './index/store.ts'
import {
  type ExportTotals,
  type PartialJudgeResult,
  addFile,
  addPartialTotals,
  openTotals,
  partialTotals,
} from './export-totals.ts'
import { type FileAttempt, addSliceResult, openAttempt } from './file-attempt.ts'
import { openFileQueue } from './file-queue.ts'
import type { JudgeEnvironment } from './judge-environment.ts'
import { type JudgeProgress, type ProgressReporter, openProgressReporter } from './judge-progress.ts'
import type { LineCounts } from './lines/line-counts.ts'
import type { JudgeSpec } from './local-judge.ts'
import { profilesOfPackages } from './package-profiles.ts'
import { type SliceBacklog, enterBacklog, isBacklogFull, leaveBacklog, openBacklog } from './slice-backlog.ts'
import type { LineSlice, SliceBytes } from './slice.ts'
import { openWholeLineSlices } from './split-at-line-ends.ts'
import { threadThresholdBytes } from './worker-pool.ts'

/** What one pass over the files of an export has to find. */
export interface ExportJudgeSpec extends JudgeSpec {
  /** The type that the manifest gives. */
  readonly transactionTime?: string
  /** Called now and then with the amount that has been judged. */
  readonly onProgress?: (progress: JudgeProgress) => void
}

/** The contents of one file. */
export interface FileCount {
  /** Its position among the files of its export. */
  readonly number: number
  readonly bytes: number
  /** The lines that are not blank. */
  readonly lines: number
  /** Number of resources of each type that FHIR R4 defines. */
  readonly resources: Readonly<Record<string, number>>
}

/** What one pass found: a tally for each check, in their order, and the index if the spec wants one and it is complete. */
interface ExportJudgeResult extends IndexResult {
  readonly tallies: readonly unknown[]
  /** In the order of their positions. */
  readonly files: readonly FileCount[]
  /** Which profiles of packages applied, and what they found. */
  readonly profiles?: ProfileCoverage
}

/** Judges the lines of an export while its files are still downloading. */
export interface ExportJudge {
  /** Begins a file that is being downloaded. */
  beginFile(file: OutputFileStart): FileSink
  /** Judges a complete file, and resolves to whether it was judged to its end before a halt. Rejects with `UnreadableFileError`. */
  judgeFile(file: OutputFile, bytes: SliceBytes): Promise<boolean>
  /** Resolves once the backlog is small enough for another download. */
  waitForSpace(): Promise<void>
  /** The results of all files that were committed or read, for another machine to add. */
  partialResult(): Promise<PartialJudgeResult>
  /** Adds the results of another machine about other files, for the same spec. */
  addPartialResult(part: Omit<PartialJudgeResult, 'index'>, index?: WrittenRows): void
  /** Ends the pass: the results of all files that were committed, read or added. */
  finish(): Promise<ExportJudgeResult>
}

/** A file with written rows, and the offset at which they begin. */
export interface WrittenRows {
  readonly file: StoreFile
  readonly from: number
}

/** An export that is being judged. */
interface ExportJudgeState {
  /** Threads compare it by identity. */
  readonly spec: JudgeSpec
  readonly environment: JudgeEnvironment
  readonly totals: ExportTotals
  readonly index: IndexBuilder | undefined
  readonly backlog: SliceBacklog
  readonly pending: Set<Promise<void>>
  readonly progress: ProgressReporter
}

/** Begins the one pass over the files of an export. */
export function openExportJudge(options: ExportJudgeSpec, environment: JudgeEnvironment): ExportJudge {
  const { onProgress, ...spec } = options
  const { checks, fhirUrl, index, transactionTime } = spec
  const judging: ExportJudgeState = {
    spec,
    environment,
    totals: openTotals(checks),
    index:
      index &&
      openIndexBuilder(
        { ...index, fhirUrl, ...(transactionTime ? { transactionTime } : {}) },
        environment.store,
      ),
    backlog: openBacklog(environment.workers.size),
    pending: new Set(),
    progress: openProgressReporter(onProgress),
  }
  const { totals, backlog, pending } = judging
  return {
    beginFile: (file) => judgeDownload(judging, file),
    judgeFile: (file, bytes) => judgeWholeFile(judging, file, bytes),
    async waitForSpace() {
      while (isBacklogFull(backlog)) await Promise.race(pending)
    },
    async partialResult() {
      await allJudged(judging)
      return { ...partialTotals(totals), ...(judging.index && { index: judging.index.write }) }
    },
    addPartialResult(part, rows) {
      addPartialTotals(totals, part, checks)
      if (rows) judging.index?.addWritten(rows.file, rows.from)
    },
    finish: () => finish(judging),
  }
}

/** Judges a file slice by slice as its bytes come. */
function judgeDownload(judging: ExportJudgeState, start: OutputFileStart): FileSink {
  const { spec, environment, totals } = judging
  const attempt = openAttempt({ ...start, retrieved: true, bytes: 0 })
  const slices: Promise<void>[] = []
  const options = { lineBytes: spec.lineBytes, buffers: environment.buffers }
  const wholeLines = openWholeLineSlices(options, (bytes, firstLine) => {
    const slice = { file: attempt.file, firstLine, bytes: { held: bytes } }
    slices.push(track(judging, judgeSlice(judging, slice, bytes.length, attempt)))
  })
  let written = 0
  return {
    write(chunk) {
      written += chunk.length
      wholeLines.write(chunk)
    },
    commit(file) {
      wholeLines.end()
      const judged = Promise.all(slices).then(() => {
        // Only the beginning of a line that is too long was handed on.
        attempt.counted.bytes = written
        addFile(totals, attempt, file, spec.checks)
        judging.index?.settle(attempt)
      })
      track(judging, judged)
    },
    discard() {
      wholeLines.forget()
      track(
        judging,
        Promise.all(slices).then(() => judging.index?.forget(attempt)),
      )
    },
  }
}

async function judgeWholeFile(
  judging: ExportJudgeState,
  file: OutputFile,
  bytes: SliceBytes,
): Promise<boolean> {
  const { spec, environment, totals } = judging
  const attempt = openAttempt(file)
  const isShared = 'path' in bytes && file.bytes > 2 * environment.shareBytes && environment.workers.size > 0
  const judged = isShared
    ? judgeShared(judging, bytes.path, attempt)
    : judgeSlice(judging, { file, firstLine: 1, bytes }, file.bytes, attempt)
  await track(judging, judged).catch((error: unknown) => {
    judging.index?.forget(attempt)
    throw error
  })
  if (attempt.whole || attempt.counted.bytes > 0) addFile(totals, attempt, file, spec.checks)
  judging.index?.settle(attempt)
  return attempt.whole
}

/** Has several threads judge a file together, each taking its next lines. */
async function judgeShared(judging: ExportJudgeState, path: string, attempt: FileAttempt): Promise<void> {
  const { file } = attempt
  const { shareBytes } = judging.environment
  const shared = openFileQueue(path, file.bytes)
  const parts = Array.from({ length: Math.ceil(file.bytes / shareBytes) }, (_, at) =>
    judgeSlice(
      judging,
      { file, firstLine: 1, bytes: { shared, most: shareBytes } },
      Math.min(shareBytes, file.bytes - at * shareBytes),
      attempt,
    ),
  )
  // Otherwise slices that finish after the file was given up would count.
  await Promise.allSettled(parts)
  await Promise.all(parts)
}

async function judgeSlice(
  judging: ExportJudgeState,
  slice: LineSlice,
  length: number,
  attempt: FileAttempt,
): Promise<void> {
  const { spec, environment, backlog } = judging
  const entry = enterBacklog(backlog, slice, length, environment)
  const isLarge = backlog.seen > threadThresholdBytes
  const report = judging.progress.ofSlice()
  try {
    const result = await environment.workers.judge(spec, { ...slice, bytes: entry.bytes }, isLarge, report)
    addSliceResult(attempt, result, spec.checks)
    if (result.rows) judging.index?.add(result.rows, attempt)
    report(result.counted)
  } finally {
    leaveBacklog(backlog, entry, environment)
  }
}

function track({ pending }: ExportJudgeState, work: Promise<void>): Promise<void> {
  const tracked: Promise<void> = work.finally(() => pending.delete(tracked))
  // Closing the judge awaits it.
  tracked.catch(() => undefined)
  pending.add(tracked)
  return tracked
}

async function allJudged({ pending }: ExportJudgeState): Promise<void> {
  while (pending.size > 0) await Promise.all(pending)
}

async function finish(judging: ExportJudgeState): Promise<ExportJudgeResult> {
  const { spec, environment, totals } = judging
  await allJudged(judging)
  environment.workers.forget(spec)
  const { files, tallies, counted, profiled } = totals
  files.sort((a, b) => a.number - b.number)
  const profiles = await profilesOfPackages(spec.packages ?? [])
  const result = {
    tallies,
    patientIds: [],
    ...judging.index?.finish(files),
    files: Array.from(counted, fileCountOf).sort((a, b) => a.number - b.number),
    ...(profiles ? { profiles: profiles.seen(profiled.reduce(profiles.merge, profiles.tally())) } : {}),
  }
  judging.progress.finish()
  return result
}

// An object made by spreading takes several times the memory, and there may be many files.
function fileCountOf([number, { bytes, lines, resources }]: readonly [number, LineCounts]): FileCount {
  return { number, bytes, lines, resources }
}
