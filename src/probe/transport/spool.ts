import { randomUUID } from 'node:crypto'
import { createReadStream, closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { OutputFile } from '../../model/http/exchange.ts'
import type { FileSink } from '../../model/export/file-sink.ts'
import { temporaryFolder } from '../../storage/temporary-folder.ts'
import type { ByteSink } from './message.ts'

const mostInMemory = 1 << 20
const mostInMemoryTogether = 64 << 20

/** Holds the bytes of one body. */
export interface Spool extends ByteSink {
  readonly bytes: number
  /** Nothing more will be written. */
  end(): void
  read(): AsyncIterable<Uint8Array>
  /** Gives the file its final name where files are kept. */
  keepAs(name: string): void
  drop(): void
}

/** A spool whose bytes are read as they come, so that it keeps no more than its beginning; and all of them only in `kept`. */
export interface PassThroughSpool extends Spool {
  commit(file: OutputFile): void
}

// A body that turns out to be an error is read as text: the beginning is held back until it is too long for that.
const longestHeldBack = 64 << 10

/** Hands the bytes of a body on to `taking`. */
export function passThroughSpool(taking: FileSink, kept: Spool | undefined): PassThroughSpool {
  let beginning: Uint8Array[] = []
  let bytes = 0
  let over = false
  const handOn = () => {
    for (const chunk of beginning) taking.write(chunk)
    beginning = []
  }
  return {
    get bytes() {
      return bytes
    },
    write(chunk) {
      bytes += chunk.length
      kept?.write(chunk)
      if (beginning.length === 0 && bytes > longestHeldBack) return taking.write(chunk)
      beginning.push(Uint8Array.from(chunk))
      if (bytes > longestHeldBack) handOn()
    },
    end: () => kept?.end(),
    async *read() {
      yield* beginning
    },
    keepAs: (name) => kept?.keepAs(name),
    commit(file) {
      over = true
      handOn()
      taking.commit(file)
    },
    drop() {
      beginning = []
      if (!over) taking.discard()
      over = true
      kept?.drop()
    },
  }
}

/** Where bodies are put: memory up to 1 MiB each and 64 MiB together, then files that only their owner can read. What cannot be written stays in memory. */
export interface SpoolStore {
  /** `copy`: the bytes are needed where files are kept, and nowhere else. */
  create(copy?: boolean): Spool
  /** Whether what is created remains. */
  readonly keepsFiles: boolean
  /** How many bodies were to be kept and are not, since they could not be written. */
  readonly unkept: number
  /** Removes everything that is not to be kept. */
  close(): void
}

/** Opens a place for bodies; with `keep` each becomes a file in that folder, otherwise nothing remains. */
export function openSpoolStore(keep?: string): SpoolStore {
  const temporary = temporaryFolder()
  const run = randomUUID()
  /** Files in the folder of what is kept that do not have their final names. */
  const unfinished = new Set<string>()
  let made = false
  let created = 0
  let inMemory = 0
  let unkept = 0
  const folderOf = () => {
    if (keep === undefined) return temporary.path()
    if (!made) mkdirSync(keep, { recursive: true, mode: 0o700 })
    made = true
    return keep
  }
  const account = (bytes: number) => {
    inMemory += bytes
    return inMemory <= mostInMemoryTogether
  }
  const clean = () => {
    for (const path of unfinished) rmSync(path, { force: true })
    unfinished.clear()
  }
  // On a second signal as well.
  if (keep !== undefined) process.on('exit', clean)
  return {
    create(copy = false) {
      created += 1
      const name = `.bulkcheck-${run}-${created}.part`
      return openSpool({
        pathOf: (final) => join(folderOf(), final ?? name),
        account,
        kept: keep !== undefined,
        copy,
        unfinished,
        lose: () => {
          unkept += 1
        },
      })
    },
    keepsFiles: keep !== undefined,
    get unkept() {
      return unkept
    },
    close() {
      process.off('exit', clean)
      clean()
      temporary.remove()
    },
  }
}

function openSpool(place: {
  pathOf: (name?: string) => string
  account: (bytes: number) => boolean
  kept: boolean
  copy: boolean
  /** What stands there is removed in the end. */
  unfinished: Set<string>
  lose: () => void
}): Spool {
  let chunks: Uint8Array[] = []
  let bytes = 0
  let held = 0
  let path: string | undefined
  let descriptor: number | undefined
  /** No more can be written. */
  let full = false
  const hold = (chunk: Uint8Array): boolean => {
    if (full && place.copy) return true
    held += chunk.length
    chunks.push(Uint8Array.from(chunk))
    return place.account(chunk.length)
  }
  const release = () => {
    place.account(-held)
    held = 0
    chunks = []
  }
  const pour = (chunk: Uint8Array) => {
    const went = descriptor === undefined || full ? 0 : writeAll(descriptor, chunk)
    if (went === chunk.length) return
    full = true
    hold(chunk.subarray(went))
  }
  const toFile = () => {
    if (path !== undefined || full) return
    const waiting = chunks
    release()
    try {
      const mine = place.pathOf()
      // `wx` neither follows a link nor takes over a file that somebody else has put there.
      descriptor = openSync(mine, 'wx', 0o600)
      path = mine
      if (place.kept) place.unfinished.add(mine)
    } catch {
      full = true
    }
    for (const chunk of waiting) pour(chunk)
  }
  const end = () => {
    const mine = descriptor
    descriptor = undefined
    if (mine !== undefined && !succeeds(() => closeSync(mine))) full = true
  }
  return {
    get bytes() {
      return bytes
    },
    write(chunk) {
      bytes += chunk.length
      if (path !== undefined) pour(chunk)
      else if (!hold(chunk) || bytes > mostInMemory) toFile()
    },
    end,
    async *read() {
      if (path !== undefined)
        for await (const chunk of createReadStream(path, { highWaterMark: mostInMemory }))
          yield chunk as Uint8Array
      yield* chunks
    },
    keepAs(name) {
      if (!place.kept) return
      toFile()
      end()
      const mine = path
      const isKept = !full && mine !== undefined && succeeds(() => renameSync(mine, place.pathOf(name)))
      if (!isKept) {
        // What another run has left there is not of this one.
        succeeds(() => rmSync(place.pathOf(name), { force: true }))
        return place.lose()
      }
      place.unfinished.delete(mine)
      path = place.pathOf(name)
    },
    drop() {
      end()
      release()
      if (path !== undefined) rmSync(path, { force: true })
      place.unfinished.delete(path ?? '')
    },
  }
}

// A file system that is full, or read-only, says so wherever it likes.
function succeeds(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}

/** How many bytes of a chunk could be written. */
function writeAll(descriptor: number, chunk: Uint8Array): number {
  let there = 0
  try {
    while (there < chunk.length) there += writeSync(descriptor, chunk, there)
  } catch {
    // The disk is full, most likely; that is for others to say.
  }
  return there
}
