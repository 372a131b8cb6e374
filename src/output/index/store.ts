import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { TemporaryStorageError } from '../../model/fhir/resource-index.ts'

/** Storage for the indexes of a run: memory while there is room, then files that only their owner can read. */
export interface IndexStore {
  /** Reserves that many bytes of memory; returns whether there was room. */
  take(bytes: number): boolean
  release(bytes: number): void
  /** How many bytes may be held for sorting. */
  readonly sorting: number
  /** Throws NoRoom. */
  create(): StoreFile
  /** An existing file, for reading. */
  open(path: string): StoreFile
  /** Removes the files that were created. */
  close(): void
}

/** A file that is appended to and read anywhere. */
export interface StoreFile {
  /** Returns where the bytes begin. Throws NoRoom. */
  append(bytes: Uint8Array): number
  /** A copy that begins at a multiple of eight bytes in its buffer. */
  read(from: number, length: number): Uint8Array
  /** Fills `buffer`. */
  readInto(buffer: Uint8Array, from: number): void
  readonly length: number
  close(): void
}

/** Memory that is enough for some 300,000 resources and their keys. */
const usualMemory = 48 << 20

/** Opens a store; `folder` returns a private folder; it is called once memory is not enough. */
export function openStore(folder: () => string, memory = usualMemory): IndexStore {
  const files = new Set<StoreFile>()
  let held = 0
  let created = 0
  return {
    take(bytes) {
      if (held + bytes > memory) return false
      held += bytes
      return true
    },
    release(bytes) {
      held -= bytes
    },
    sorting: Math.max(memory >>> 2, 1 << 10),
    create() {
      created += 1
      // `wx` neither follows a link nor takes over a file that somebody else has put there.
      const [path, file] = withRoom(() => {
        const path = join(folder(), `${created}.index`)
        return [path, openFile(path, 'wx+')] as const
      })
      const mine: StoreFile = {
        ...file,
        close() {
          if (!files.delete(mine)) return
          file.close()
          rmSync(path, { force: true })
        },
      }
      files.add(mine)
      return mine
    },
    open(path) {
      const file = openFile(path, 'r')
      files.add(file)
      return file
    },
    close() {
      for (const file of files) file.close()
      files.clear()
    },
  }
}

function openFile(path: string, flags: 'wx+' | 'r'): StoreFile {
  const descriptor = openSync(path, flags, 0o600)
  let end = fstatSync(descriptor).size
  const readInto = (buffer: Uint8Array, from: number) => {
    for (let at = 0; at < buffer.length; ) {
      const count = readSync(descriptor, buffer, at, buffer.length - at, from + at)
      if (count === 0) throw new Error('an index ends before its end')
      at += count
    }
  }
  return {
    append(bytes) {
      const from = end
      withRoom(() => {
        for (let at = 0; at < bytes.length; )
          at += writeSync(descriptor, bytes, at, bytes.length - at, from + at)
      })
      end += bytes.length
      return from
    },
    read(from, length) {
      const buffer = new Uint8Array(length)
      readInto(buffer, from)
      return buffer
    },
    readInto,
    get length() {
      return end
    },
    close: () => closeSync(descriptor),
  }
}

function withRoom<T>(write: () => T): T {
  try {
    return write()
  } catch (error) {
    throw error instanceof Error && 'code' in error ? new TemporaryStorageError() : error
  }
}
