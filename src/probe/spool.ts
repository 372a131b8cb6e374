import {
  createReadStream,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OutputFile } from '../model/evidence.ts'
import type { Sink } from './wire.ts'

const mostInMemory = 1 << 20
const mostInMemoryTogether = 64 << 20

/** Holds the bytes of one body. */
export interface Spool extends Sink {
  readonly bytes: number
  /** Nothing more will be written. */
  end(): void
  read(): AsyncIterable<Uint8Array>
  /** Gives the file its final name where files are kept. */
  settle(name: string): void
  drop(): void
}

/** Takes an output file while it comes: first its bytes, then either what became of it or that nothing did. */
export interface Taking {
  write(chunk: Uint8Array): void
  commit(file: OutputFile): void
  discard(): void
}

/** A spool whose bytes are read as they come, so that it keeps no more than its beginning; and all of them only in `kept`. */
export interface TakenSpool extends Spool {
  commit(file: OutputFile): void
}

// A body that turns out to be an error is read as text: the beginning is held back until it is too long for that.
const heldBack = 64 << 10

/** Hands the bytes of a body on to `taking`. */
export function takenSpool(taking: Taking, kept: Spool | undefined): TakenSpool {
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
      if (beginning.length === 0 && bytes > heldBack) return taking.write(chunk)
      beginning.push(Uint8Array.from(chunk))
      if (bytes > heldBack) handOn()
    },
    end: () => kept?.end(),
    async *read() {
      yield* beginning
    },
    settle: (name) => kept?.settle(name),
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

/** Where bodies are put: memory up to 1 MiB each and 64 MiB together, then files that only their owner can read. */
export interface Spools {
  create(): Spool
  /** Whether what is created remains. */
  readonly keeps: boolean
  /** Removes everything that is not to be kept. */
  close(): void
}

/** Opens a place for bodies; with `keep` each becomes a file in that folder, otherwise nothing remains. */
export function openSpools(keep?: string): Spools {
  let folder: string | undefined
  let created = 0
  let inMemory = 0
  const folderOf = () => {
    if (folder) return folder
    if (keep) mkdirSync(keep, { recursive: true, mode: 0o700 })
    folder = keep ?? mkdtempSync(join(tmpdir(), 'bulkcheck-'))
    return folder
  }
  const account = (bytes: number) => {
    inMemory += bytes
    return inMemory <= mostInMemoryTogether
  }
  return {
    create() {
      created += 1
      const name = `${created}.part`
      return openSpool({
        pathOf: (final) => join(folderOf(), final ?? name),
        account,
        kept: keep !== undefined,
      })
    },
    keeps: keep !== undefined,
    close() {
      if (folder && !keep) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function openSpool(place: {
  pathOf: (name?: string) => string
  account: (bytes: number) => boolean
  kept: boolean
}): Spool {
  let chunks: Uint8Array[] = []
  let bytes = 0
  let held = 0
  let path: string | undefined
  let descriptor: number | undefined
  const release = () => {
    place.account(-held)
    held = 0
    chunks = []
  }
  const toFile = () => {
    if (path !== undefined) return
    path = place.pathOf()
    // `wx` neither follows a link nor takes over a file that somebody else has put there.
    descriptor = openSync(path, 'wx', 0o600)
    for (const chunk of chunks) writeAll(descriptor, chunk)
    release()
  }
  const end = () => {
    if (descriptor !== undefined) closeSync(descriptor)
    descriptor = undefined
  }
  return {
    get bytes() {
      return bytes
    },
    write(chunk) {
      bytes += chunk.length
      if (path === undefined) {
        held += chunk.length
        chunks.push(Uint8Array.from(chunk))
        if (!place.account(chunk.length) || bytes > mostInMemory) toFile()
      } else if (descriptor !== undefined) writeAll(descriptor, chunk)
    },
    end,
    async *read() {
      if (path === undefined) yield* chunks
      else
        for await (const chunk of createReadStream(path, { highWaterMark: mostInMemory }))
          yield chunk as Uint8Array
    },
    settle(name) {
      if (!place.kept) return
      toFile()
      end()
      const final = place.pathOf(name)
      if (path !== undefined) renameSync(path, final)
      path = final
    },
    drop() {
      end()
      release()
      if (path !== undefined) rmSync(path, { force: true })
    },
  }
}

function writeAll(descriptor: number, chunk: Uint8Array): void {
  let written = 0
  while (written < chunk.length) written += writeSync(descriptor, chunk, written)
}
