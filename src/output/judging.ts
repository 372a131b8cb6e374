import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { OutputFile } from '../model/evidence.ts'
import type { FileBegun, Taking } from '../model/taking.ts'
import { type Gathered, gatherIndex } from './index/gather.ts'
import type { IndexStore, StoreFile } from './index/store.ts'
import type { Counted, Feeding } from './pass.ts'
import type { Rooms } from './rooms.ts'
import { openSlicer } from './slicer.ts'
import { shareFile } from './shared-file.ts'
import type { Slice, SliceBytes } from './slices.ts'
import type { ProfilesSeen } from '../model/profiles.ts'
import { mergeTallies, type ProfileTally } from '../profiles/tally.ts'
import { type Order, profilesOf } from './thread.ts'
import { type Threads, worthAThread } from './threads.ts'

/** What judging output files works with, for a whole run. */
export interface Means {
  readonly threads: Threads
  /** Where indexes are kept. */
  readonly store: IndexStore
  /** A private folder, asked for once memory is not enough. */
  readonly folder: () => string
  /** Where slices of downloads wait and are read. */
  readonly rooms: Rooms
  /** How many bytes of a file that is shared a thread takes at a time; less is read by one. */
  readonly shareBytes: number
}

/** Where the lines of an export are judged while its files still come. */
export interface Judging {
  /** Begins a file that is being downloaded. */
  take(file: FileBegun): Taking
  /** Judges a file that is here as a whole, and resolves to whether it came to its end before a halt. Rejects with `Unreadable`. */
  read(file: OutputFile, bytes: SliceBytes): Promise<boolean>
  /** Resolves once so little waits to be judged that another file may be downloaded. */
  room(): Promise<void>
  /** What was found out about all files that were committed or read, open to be joined elsewhere. */
  found(): Promise<Found>
  /** Takes in what was found out elsewhere about other files, for the same order. */
  join(found: Omit<Found, 'index'>, index?: Written): void
  /** Closes it: what was found out about all files that were committed, read or joined. */
  finish(): Promise<Judged>
}

/** What was found out about some files of an export; it survives serialization but for `index`, which writes rows. */
export interface Found {
  readonly files: readonly OutputFile[]
  /** One for each check of the order. */
  readonly tallies: readonly unknown[]
  readonly counted: ReadonlyMap<number, Counted>
  readonly profiled: readonly ProfileTally[]
  readonly index?: (write: (bytes: Uint8Array) => void) => void
}

/** Where rows that were written begin. */
export interface Written {
  readonly file: StoreFile
  readonly from: number
}

/** What was found out about the files of an export. */
export interface Judged extends Partial<Gathered> {
  /** One for each check of the order. */
  readonly tallies: readonly unknown[]
  /** By position of the file. */
  readonly counted: ReadonlyMap<number, Counted>
  /** What was seen of the profiles of the order's packages. */
  readonly profiles?: ProfilesSeen
}

/** Most bytes that wait in memory for each thread; what comes then waits in files. */
const heldForEach = 8 << 20
/** Most bytes that wait when another download begins. */
const mostWaiting = 512 << 20

/** Opens the judging of one export. */
export function openJudging(
  order: Order & { readonly transactionTime?: string },
  means: Means,
  onJudged: (it: { readonly bytes: number; readonly resources: number }) => void = () => undefined,
): Judging {
  const { checks, index, fhirUrl, transactionTime } = order
  const gathering =
    index && gatherIndex({ ...index, fhirUrl, ...(transactionTime ? { transactionTime } : {}) }, means.store)
  const files: OutputFile[] = []
  const counted = new Map<number, Counted>()
  const profiled: ProfileTally[] = []
  const pending = new Set<Promise<void>>()
  const mostHeld = heldForEach * Math.max(2, means.threads.many)
  let tallies = emptyTallies(checks)
  let seen = 0
  let held = 0
  let waiting = 0
  let spills = 0

  const judge = async (slice: Slice, length: number, mine: Attempt): Promise<void> => {
    seen += length
    const spilled = 'held' in slice.bytes && held > mostHeld ? toFile(slice.bytes.held, mine) : undefined
    const bytes = spilled ?? slice.bytes
    waiting += length
    const keeps = 'held' in bytes ? bytes.held.buffer.byteLength : 0
    held += keeps
    try {
      let told = { bytes: 0, resources: 0 }
      const tell = (counted: Counted) => {
        const now = { bytes: counted.bytes, resources: resourcesOf(counted) }
        onJudged({ bytes: now.bytes - told.bytes, resources: now.resources - told.resources })
        told = now
      }
      const result = await means.threads.judge(order, { ...slice, bytes }, seen > worthAThread, tell)
      mine.whole &&= result.whole
      mine.tallies = merged(mine.tallies, result.tallies, checks)
      count(mine.counted, result.counted)
      if (result.rows) gathering?.add(result.rows, mine)
      if (result.profiles) mine.profiles.push(result.profiles)
      tell(result.counted)
    } finally {
      held -= keeps
      waiting -= length
      if ('held' in bytes) means.rooms.giveBack(bytes.held)
      if (spilled) rmSync(spilled.path, { force: true })
    }
  }
  const toFile = (bytes: Uint8Array, { file }: Attempt) => {
    spills += 1
    const path = writtenTo(() => join(means.folder(), `${file.exchange}-${spills}.slice`), bytes)
    // What cannot be written stays in memory: a full disk is not the server's fault.
    if (path === undefined) return undefined
    means.rooms.giveBack(bytes)
    return { path, to: bytes.length }
  }
  const track = (work: Promise<void>) => {
    const mine: Promise<void> = work.finally(() => pending.delete(mine))
    // Whoever closes the judging awaits it; until then nobody has to.
    mine.catch(() => undefined)
    pending.add(mine)
    return mine
  }
  const accept = (mine: Attempt, file: OutputFile) => {
    tallies = merged(tallies, mine.tallies, checks)
    for (const [at, { check, params, kind }] of checks.entries())
      if (kind === file.kind && mine.whole) (check as Whole).file?.(tallies[at], file, params)
    counted.set(file.number, mine.counted)
    profiled.push(...mine.profiles)
    files.push(file)
  }
  const judgeShared = async (path: string, mine: Attempt) => {
    const { file } = mine
    const shared = shareFile(path, file.bytes)
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
    take(begun) {
      const mine = attempt({ ...begun, retrieved: true, bytes: 0 }, checks)
      const slices: Promise<void>[] = []
      const slicer = openSlicer({ lineBytes: order.lineBytes, rooms: means.rooms }, (bytes, firstLine) => {
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
    async read(file, bytes) {
      const mine = attempt(file, checks)
      const isShared = 'path' in bytes && file.bytes > 2 * means.shareBytes && means.threads.many > 0
      await track(
        isShared ? judgeShared(bytes.path, mine) : judge({ file, firstLine: 1, bytes }, file.bytes, mine),
      ).catch((error: unknown) => {
        gathering?.forget(mine)
        throw error
      })
      if (mine.whole || mine.counted.bytes > 0) accept(mine, file)
      return mine.whole
    },
    async room() {
      while (waiting > mostWaiting) await Promise.race(pending)
    },
    async found() {
      while (pending.size > 0) await Promise.all(pending)
      const index = gathering && { index: gathering.write }
      const profiles = profiled.length > 0 ? [profiled.reduce(mergeTallies)] : []
      return { files, tallies, counted, profiled: profiles, ...index }
    },
    join(found, index) {
      tallies = merged(tallies, found.tallies, checks)
      for (const [number, it] of found.counted) counted.set(number, it)
      profiled.push(...found.profiled)
      files.push(...found.files)
      if (index) gathering?.addWritten(index.file, index.from)
    },
    async finish() {
      while (pending.size > 0) await Promise.all(pending)
      means.threads.forget(order)
      files.sort((a, b) => a.number - b.number)
      const profiles = await profilesOf(order.packages ?? [])
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
function writtenTo(place: () => string, bytes: Uint8Array): string | undefined {
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
type Whole = { file?(tally: unknown, file: OutputFile, params: unknown): void }

/** One file while it is judged: it counts once it is there as a whole, or what was judged of it at a halt. */
interface Attempt {
  readonly file: OutputFile
  readonly counted: Counted
  readonly profiles: ProfileTally[]
  tallies: readonly unknown[]
  whole: boolean
}

function attempt(file: OutputFile, checks: readonly Feeding[]): Attempt {
  return {
    file,
    counted: { lines: 0, bytes: 0, resources: {} },
    profiles: [],
    tallies: emptyTallies(checks),
    whole: true,
  }
}

function emptyTallies(checks: readonly Feeding[]): readonly unknown[] {
  return checks.map(({ check, params }) => check.empty(params as never))
}

function merged(
  a: readonly unknown[],
  b: readonly unknown[],
  checks: readonly Feeding[],
): readonly unknown[] {
  return checks.map(({ check }, at) => check.merge(a[at], b[at]))
}

function count(to: Counted, { lines, bytes, resources }: Counted): void {
  to.lines += lines
  to.bytes += bytes
  for (const [type, times] of Object.entries(resources))
    to.resources[type] = (to.resources[type] ?? 0) + times
}

function resourcesOf({ resources }: Counted): number {
  return Object.values(resources).reduce((sum, it) => sum + it, 0)
}
