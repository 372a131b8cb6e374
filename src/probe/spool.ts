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

/** Where bodies are put: memory up to 1 MiB each and 64 MiB together, then files that only their owner can read. */
export interface Spools {
  create(): Spool
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
        chunks.push(chunk)
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
