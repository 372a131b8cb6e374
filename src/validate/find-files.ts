import { closeSync, createReadStream, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs'
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

/** The files that were named, and every *.ndjson and *.ndjson.gz below the folders that were, or standard input. Throws UsageError. */
export function findFiles(
  named: readonly string[],
  cwd: string,
  input: () => AsyncIterable<Uint8Array>,
): readonly FileSource[] {
  const found = new Map<string, FileSource>()
  for (const name of named)
    if (name === standardInput) found.set(name, { name: 'standard input', raw: input, once: true })
    else for (const it of filesAtPath(resolve(cwd, name), name)) found.set(it.path ?? it.name, it)
  return [...found.values()]
}

function filesAtPath(path: string, name: string): readonly FileSource[] {
  if (name === '') throw new UsageError('a path is empty')
  if (!isFolder(path, name)) return [diskSource(path, name)]
  const found = filesBelow(path, name, new Set()).sort((a, b) => (a.name < b.name ? -1 : 1))
  if (found.length === 0) throw new UsageError(`${name} contains no *.ndjson or *.ndjson.gz files`)
  return found
}

function isFolder(path: string, name: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${fileErrorReason(error)}`)
  }
}

/** Files in a folder and in those below it; a folder that cannot be read stands for what is in it. */
function filesBelow(folder: string, name: string, seen: Set<string>): FileSource[] {
  try {
    const here = realpathSync(folder)
    // A link may lead to a folder that was already visited.
    if (seen.has(here)) return []
    seen.add(here)
    return readdirSync(folder).flatMap((it): readonly FileSource[] => {
      const path = join(folder, it)
      const is = pathKindOf(path)
      if (is === 'folder') return filesBelow(path, join(name, it), seen)
      return is === 'file' && /\.ndjson(\.gz)?$/.test(it) ? [diskSource(path, join(name, it))] : []
    })
  } catch (error) {
    return [unreadableSource(name, fileErrorReason(error))]
  }
}

// Reading from a pipe could wait forever. What cannot be inspected is reported when it is read.
function pathKindOf(path: string): 'folder' | 'file' | 'other' {
  try {
    const it = statSync(path)
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
  const raw = () => createReadStream(path, { highWaterMark })
  try {
    const it = statSync(path)
    return it.isFile()
      ? { name, path, raw, stored: it.size, ...sizeOf(path, it.size) }
      : { name, raw, once: true }
  } catch {
    // Reading the file reports the reason.
    return { name, raw }
  }
}

function sizeOf(path: string, bytes: number): { readonly gzip: boolean; readonly size?: number } {
  const file = openSync(path, 'r')
  try {
    const room = Buffer.alloc(4)
    const gzip = readSync(file, room, 0, 2, 0) === 2 && isGzip(room)
    if (!gzip) return { gzip, size: bytes }
    // The end of a gzip file has the length of its last member, modulo 4 GB: a length below that of the file itself is not the total.
    readSync(file, room, 0, 4, Math.max(0, bytes - 4))
    const size = room.readUInt32LE()
    return size > bytes ? { gzip, size } : { gzip }
  } finally {
    closeSync(file)
  }
}

/** Whether bytes begin as gzip does (RFC 1952 section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}
