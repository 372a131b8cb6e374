import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { OutputFile } from '../model/http/exchange.ts'
import type { OutputFileStart, FileSink } from '../model/export/file-sink.ts'
import { type IndexResult, openIndexBuilder } from './index/builder.ts'
import type { IndexStore, StoreFile } from './index/store.ts'
import type { LineCounts, FileCheck } from './line-pass.ts'
import type { BufferPool } from './buffer-pool.ts'
import { openSlicer } from './slicer.ts'
import { openFileQueue } from './file-queue.ts'
import type { LineSlice, SliceBytes } from './judge-slice.ts'
import type { ProfileCoverage } from '../model/fhir/profile-coverage.ts'
import { mergeProfileTallies, type ProfileTally } from '../profiles/summary/tally.ts'
import { type JudgeSpec, profilesOfPackages } from './local-judge.ts'
import { type WorkerPool, threadThresholdBytes } from './worker-pool.ts'

/** What judging output files works with, for a whole run. */
export interface JudgeEnvironment {
  readonly workers: WorkerPool
  /** Where indexes are kept. */
  readonly store: IndexStore
  /** A private folder, asked for once memory is not enough. */
  readonly folder: () => string
  /** Where slices of downloads wait and are read. */
  readonly buffers: BufferPool
  /** How many bytes of a file that is shared a thread takes at a time; less is read by one. */
  readonly shareBytes: number
}

/** Where the lines of an export are judged while its files still come. */
export interface FileJudge {
  /** Begins a file that is being downloaded. */
  beginFile(file: OutputFileStart): FileSink
  /** Judges a file that is here as a whole, and resolves to whether it came to its end before a halt. Rejects with `Unreadable`. */
  judgeFile(file: OutputFile, bytes: SliceBytes): Promise<boolean>
  /** Resolves once so little waits to be judged that another file may be downloaded. */
  waitForSpace(): Promise<void>
  /** What was found out about all files that were committed or read, open to be joined elsewhere. */
  partialResult(): Promise<PartialJudgeResult>
  /** Takes in what was found out elsewhere about other files, for the same order. */
  addPartialResult(found: Omit<PartialJudgeResult, 'index'>, index?: WrittenRows): void
  /** Closes it: what was found out about all files that were committed, read or joined. */
  finish(): Promise<FileJudgeResult>
}

/** What was found out about some files of an export; it survives serialization but for `index`, which writes rows. */
export interface PartialJudgeResult {
  readonly files: readonly OutputFile[]
  /** One for each check of the order. */
  readonly tallies: readonly unknown[]
  readonly counted: ReadonlyMap<number, LineCounts>
  readonly profiled: readonly ProfileTally[]
  readonly index?: (write: (bytes: Uint8Array) => void) => void
}

/** Where rows that were written begin. */
export interface WrittenRows {
  readonly file: StoreFile
  readonly from: number
}

/** What was found out about the files of an export. */
export interface FileJudgeResult extends Partial<IndexResult> {
  /** One for each check of the order. */
  readonly tallies: readonly unknown[]
  /** By position of the file. */
  readonly counted: ReadonlyMap<number, LineCounts>
  /** What was seen of the profiles of the order's packages. */
  readonly profiles?: ProfileCoverage
}

/** Most bytes that wait in memory for each thread; what comes then waits in files. */
const heldBytesPerThread = 8 << 20
/** Most bytes that wait when another download begins. */
const mostWaitingBytes = 512 << 20

/** Opens the judging of one export. */
export function openFileJudge(
  order: JudgeSpec & { readonly transactionTime?: string },
  means: JudgeEnvironment,
  onJudged: (it: { readonly bytes: number; readonly resources: number }) => void = () => undefined,
): FileJudge {
  const { checks, index, fhirUrl, transactionTime } = order
  const gathering =
    index &&
    openIndexBuilder({ ...index, fhirUrl, ...(transactionTime ? { transactionTime } : {}) }, means.store)
  const files: OutputFile[] = []
  const counted = new Map<number, LineCounts>()
  const profiled: ProfileTally[] = []
  const pending = new Set<Promise<void>>()
  const mostHeld = heldBytesPerThread * Math.max(2, means.workers.size)
  let tallies = emptyTallies(checks)
  let seen = 0
  let held = 0
  let waiting = 0
  let spills = 0

  const judge = async (slice: LineSlice, length: number, mine: FileAttempt): Promise<void> => {
    seen += length
    const spilled = 'held' in slice.bytes && held > mostHeld ? toFile(slice.bytes.held, mine) : undefined
    const bytes = spilled ?? slice.bytes
    waiting += length
    const keeps = 'held' in bytes ? bytes.held.buffer.byteLength : 0
    held += keeps
    try {
      let told = { bytes: 0, resources: 0 }
      const tell = (counted: LineCounts) => {
        const now = { bytes: counted.bytes, resources: resourcesOf(counted) }
        onJudged({ bytes: now.bytes - told.bytes, resources: now.resources - told.resources })
        told = now
      }
      const result = await means.workers.judge(order, { ...slice, bytes }, seen > threadThresholdBytes, tell)
      mine.whole &&= result.whole
      mine.tallies = merged(mine.tallies, result.tallies, checks)
      count(mine.counted, result.counted)
      if (result.rows) gathering?.add(result.rows, mine)
      if (result.profiles) mine.profiles.push(result.profiles)
      tell(result.counted)
    } finally {
      held -= keeps
      waiting -= length
      if ('held' in bytes) means.buffers.giveBack(bytes.held)
      if (spilled) rmSync(spilled.path, { force: true })
    }
  }
  const toFile = (bytes: Uint8Array, { file }: FileAttempt) => {
    spills += 1
    const path = writeNewFile(() => join(means.folder(), `${file.exchange}-${spills}.slice`), bytes)
    // What cannot be written stays in memory: a full disk is not the server's fault.
    if (path === undefined) return undefined
    means.buffers.giveBack(bytes)
    return { path, to: bytes.length }
  }
  const track = (work: Promise<void>) => {
    const mine: Promise<void> = work.finally(() => pending.delete(mine))
    // Whoever closes the judging awaits it; until then nobody has to.
    mine.catch(() => undefined)
    pending.add(mine)
    return mine
  }
  const accept = (mine: FileAttempt, file: OutputFile) => {
    tallies = merged(tallies, mine.tallies, checks)
    for (const [at, { check, params, kind }] of checks.entries())
      if (kind === file.kind && mine.whole) (check as WholeFileCheck).file?.(tallies[at], file, params)
    counted.set(file.number, mine.counted)
    profiled.push(...mine.profiles)
    files.push(file)
  }
  const judgeShared = async (path: string, mine: FileAttempt) => {
    const { file } = mine
    const shared = openFileQueue(path, file.bytes)
    const { shareBytes } = means
    const parts = Array.from({ length: Math.ceil(file.bytes / shareBytes) }, (_, at) =>
      judge(
        { file, firstLine: 1, bytes: { shared, most: shareBytes } },
        Math.min(shareBytes, file.bytes - at * shareBytes),
        mine,
      ),
    )
    // What comes after the file was given up would count.
    await Promise.allSettled(parts)
    await Promise.all(parts)
  }

  return {
    beginFile(begun) {
      const mine = openAttempt({ ...begun, retrieved: true, bytes: 0 }, checks)
      const slices: Promise<void>[] = []
      const slicer = openSlicer({ lineBytes: order.lineBytes, rooms: means.buffers }, (bytes, firstLine) => {
        const slice = { file: mine.file, firstLine, bytes: { held: bytes } }
        slices.push(track(judge(slice, bytes.length, mine)))
      })
      let written = 0
      return {
        write(chunk) {
          written += chunk.length
          slicer.write(chunk)
        },
        commit(file) {
          slicer.end()
          track(
            Promise.all(slices).then(() => {
              // Of lines that are too long only the beginning was handed on.
              mine.counted.bytes = written
              accept(mine, file)
            }),
          )
        },
        discard() {
          slicer.forget()
          track(Promise.all(slices).then(() => gathering?.forget(mine)))
        },
      }
    },
    async judgeFile(file, bytes) {
      const mine = openAttempt(file, checks)
      const isShared = 'path' in bytes && file.bytes > 2 * means.shareBytes && means.workers.size > 0
      await track(
        isShared ? judgeShared(bytes.path, mine) : judge({ file, firstLine: 1, bytes }, file.bytes, mine),
      ).catch((error: unknown) => {
        gathering?.forget(mine)
        throw error
      })
      if (mine.whole || mine.counted.bytes > 0) accept(mine, file)
      return mine.whole
    },
    async waitForSpace() {
      while (waiting > mostWaitingBytes) await Promise.race(pending)
    },
    async partialResult() {
      while (pending.size > 0) await Promise.all(pending)
      const index = gathering && { index: gathering.write }
      const profiles = profiled.length > 0 ? [profiled.reduce(mergeProfileTallies)] : []
      return { files, tallies, counted, profiled: profiles, ...index }
    },
    addPartialResult(found, index) {
      tallies = merged(tallies, found.tallies, checks)
      for (const [number, it] of found.counted) counted.set(number, it)
      profiled.push(...found.profiled)
      files.push(...found.files)
      if (index) gathering?.addWritten(index.file, index.from)
    },
    async finish() {
      while (pending.size > 0) await Promise.all(pending)
      means.workers.forget(order)
      files.sort((a, b) => a.number - b.number)
      const profiles = await profilesOfPackages(order.packages ?? [])
      return {
        tallies,
        counted,
        ...gathering?.finish(files),
        ...(profiles ? { profiles: profiles.seen(profiled.reduce(profiles.merge, profiles.tally())) } : {}),
      }
    },
  }
}

/** Writes a file that was not there, and tells its path if that was possible. */
function writeNewFile(place: () => string, bytes: Uint8Array): string | undefined {
  let path = ''
  let descriptor: number | undefined
  try {
    path = place()
    // `wx` neither follows a link nor takes over a file that somebody else has put there.
    descriptor = openSync(path, 'wx', 0o600)
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    return path
  } catch {
    if (descriptor !== undefined) rmSync(path, { force: true })
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** A check as it takes a whole file. */
type WholeFileCheck = { file?(tally: unknown, file: OutputFile, params: unknown): void }

/** One file while it is judged: it counts once it is there as a whole, or what was judged of it at a halt. */
interface FileAttempt {
  readonly file: OutputFile
  readonly counted: LineCounts
  readonly profiles: ProfileTally[]
  tallies: readonly unknown[]
  whole: boolean
}

function openAttempt(file: OutputFile, checks: readonly FileCheck[]): FileAttempt {
  return {
    file,
    counted: { lines: 0, bytes: 0, resources: {} },
    profiles: [],
    tallies: emptyTallies(checks),
    whole: true,
  }
}

function emptyTallies(checks: readonly FileCheck[]): readonly unknown[] {
  return checks.map(({ check, params }) => check.empty(params as never))
}

function merged(
  a: readonly unknown[],
  b: readonly unknown[],
  checks: readonly FileCheck[],
): readonly unknown[] {
  return checks.map(({ check }, at) => check.merge(a[at], b[at]))
}

function count(to: LineCounts, { lines, bytes, resources }: LineCounts): void {
  to.lines += lines
  to.bytes += bytes
  for (const [type, times] of Object.entries(resources))
    to.resources[type] = (to.resources[type] ?? 0) + times
}

function resourcesOf({ resources }: LineCounts): number {
  return Object.values(resources).reduce((sum, it) => sum + it, 0)
}
