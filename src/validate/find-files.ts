import {
  closeSync,
  createReadStream,
  type Dirent,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../config/error.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import { UnreadableFileError } from '../output/byte-source.ts'
import { standardInput } from './standard-input.ts'

const highWaterMark = 1 << 20

/** Where the bytes of a file come from. */
export interface FileSource {
  /** The path as it was given. */
  readonly name: string
  /** Where it is, if it is a file that can be read more than once and in parts. */
  readonly path?: string
  /** Whether it is compressed, as far as its first bytes were seen. */
  readonly gzip?: boolean
  /** Bytes after decompression; absent if unknown. */
  readonly size?: number
  /** Bytes on disk. */
  readonly stored?: number
  /** The bytes as they are. */
  raw(): AsyncIterable<Uint8Array>
  /** They can be read once only, so they must not be inspected before they are judged. */
  readonly once?: true
}

/** What paths lead to: files to judge, and the names of other files in folders. */
export interface FoundFiles {
  readonly files: readonly FileSource[]
  readonly others: readonly string[]
}

/** The files that were named and, below the folders that were, those whose names say that they are NDJSON; or standard input. Throws UsageError. */
export function findFiles(
  named: readonly string[],
  cwd: string,
  input: () => AsyncIterable<Uint8Array>,
): FoundFiles {
  const found = new Map<string, FileSource>()
  const others = new Set<string>()
  for (const name of named)
    if (name === standardInput) found.set(name, { name: 'standard input', raw: input, once: true })
    else {
      const here = filesAtPath(resolve(cwd, name), name)
      for (const it of here.files) found.set(it.path ?? it.name, it)
      for (const it of here.others) others.add(it)
    }
  return { files: [...found.values()], others: [...others].filter((it) => !found.has(resolve(cwd, it))) }
}

function filesAtPath(path: string, name: string): FoundFiles {
  if (name === '') throw new UsageError('a path is empty')
  if (!isFolder(path, name)) return { files: [diskSource(path, name)], others: [] }
  const files: FileSource[] = []
  const others: string[] = []
  addFilesBelow(path, name, { files, others, seen: new Set() })
  if (files.length === 0) throw new UsageError(`${name} contains no files whose names end in ${ndjsonNames}`)
  return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), others: others.sort() }
}

/** How the names of NDJSON files end, in words. */
export const ndjsonNames = '.ndjson, .jsonl, .ndjson.gz or .jsonl.gz'

const ndjsonName = /\.(ndjson|jsonl)(\.gz)?$/i

function isFolder(path: string, name: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${fileErrorReason(error)}`)
  }
}

/** Adds the files in a folder and in those below it; a folder that cannot be read stands for what is in it. */
function addFilesBelow(
  folder: string,
  name: string,
  to: { readonly files: FileSource[]; readonly others: string[]; readonly seen: Set<string> },
): void {
  try {
    const here = realpathSync(folder)
    // A link may lead to a folder that was already visited.
    if (to.seen.has(here)) return
    to.seen.add(here)
    for (const it of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, it.name)
      const is = pathKindOf(path, it)
      if (is === 'folder') addFilesBelow(path, join(name, it.name), to)
      else if (is === 'file' && ndjsonName.test(it.name)) to.files.push(diskSource(path, join(name, it.name)))
      else to.others.push(join(name, it.name))
    }
  } catch (error) {
    to.files.push(unreadableSource(name, fileErrorReason(error)))
  }
}

// Reading from a pipe could wait forever. What cannot be inspected is reported when it is read.
function pathKindOf(path: string, entry: Dirent): 'folder' | 'file' | 'other' {
  try {
    const it = entry.isSymbolicLink() ? statSync(path) : entry
    return it.isDirectory() ? 'folder' : it.isFile() ? 'file' : 'other'
  } catch {
    return 'file'
  }
}

/** Something that cannot be read; `why` completes "<file> cannot be read: …". */
export function unreadableSource(name: string, why: string): FileSource {
  return {
    name,
    raw() {
      throw new UnreadableFileError(why)
    },
  }
}

/** A file by its path. */
export function diskSource(path: string, name: string): FileSource {
  try {
    const it = statSync(path)
    if (!it.isFile()) return { name, raw: () => bytesAt(path), once: true }
    const source: Writable<FileSource> = { name, path, raw: ownBytes, stored: it.size }
    addSize(source, path, it.size)
    return source
  } catch {
    // Reading the file reports the reason.
    return { name, raw: () => bytesAt(path) }
  }
}

function bytesAt(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark })
}

// One function for all: there may be many files.
function ownBytes(this: FileSource): AsyncIterable<Uint8Array> {
  return bytesAt(this.path ?? '')
}

/** A value while it is being made. Objects made by spreading take several times the memory, and there may be many files. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] }

function addSize(to: Writable<FileSource>, path: string, bytes: number): void {
  const file = openSync(path, 'r')
  try {
    to.gzip = readSync(file, room, 0, 2, 0) === 2 && isGzip(room)
    if (!to.gzip) {
      to.size = bytes
      return
    }
    // The end of a gzip file has the length of its last member, modulo 4 GB: a length below that of the file itself is not the total.
    readSync(file, room, 0, 4, Math.max(0, bytes - 4))
    const size = room.readUInt32LE()
    if (size > bytes) to.size = size
  } finally {
    closeSync(file)
  }
}

const room = Buffer.alloc(4)

/** Whether bytes begin as gzip does (RFC 1952 section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}
