import { closeSync, createReadStream, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { isObject } from '../model/fhir/names.ts'
import { isResourceType } from '../r4/facts.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import type { FileKind, OutputFile } from '../model/http/exchange.ts'
import { defaultLimits } from '../model/target.ts'
import { parseJsonLine, readRawLines } from '../output/raw-lines.ts'
import { type SliceBytes, UnreadableFileError } from '../output/judge-slice.ts'
import { standardInput, UsageError } from '../cli/command.ts'

const highWaterMark = 1 << 20

/** Where the bytes of a file come from. */
export interface FileSource {
  /** As it was asked for. */
  readonly name: string
  /** Where it is, if it is a file that can be read more than once and in parts. */
  readonly path?: string
  /** Whether it is compressed, as far as its first bytes were seen. */
  readonly gzip?: boolean
  /** Bytes, decompressed; absent where nobody knows. */
  readonly size?: number
  /** Bytes as they are on disk. */
  readonly stored?: number
  /** The bytes as they are. */
  raw(): AsyncIterable<Uint8Array>
  /** They come once: nobody may have a look before they are judged. */
  readonly once?: true
}

/** A file on this machine as an output file; `file.exchange` counts from 1 and stands for its place in the list. */
export interface LocalFile extends FileSource {
  readonly file: OutputFile
  /** Its first line is no resource: whether another is must be looked up. */
  readonly startsWithoutResource: boolean
  /** Why a look at it was of no avail; completes "<file> cannot be read: …". */
  readonly unreadable?: string
}

/** What is known of a file besides its bytes. */
export interface FileEntry extends FileSource {
  readonly kind: FileKind
  readonly type?: string
  readonly count?: unknown
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
  if (found.length === 0) throw new UsageError(`${name} holds no *.ndjson or *.ndjson.gz`)
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
    // A link may lead to where somebody has been.
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

// Nobody may ever write into a pipe that lies about. What cannot be looked at is named where it is read.
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
    // Who reads it is told why.
    return { name, raw }
  }
}

function sizeOf(path: string, bytes: number): { readonly gzip: boolean; readonly size?: number } {
  const file = openSync(path, 'r')
  try {
    const room = Buffer.alloc(4)
    const gzip = readSync(file, room, 0, 2, 0) === 2 && isGzip(room)
    if (!gzip) return { gzip, size: bytes }
    // The end of a gzip file tells the length of its last member, modulo 4 GB: what is less than the file itself is not the whole.
    readSync(file, room, 0, 4, Math.max(0, bytes - 4))
    const size = room.readUInt32LE()
    return size > bytes ? { gzip, size } : { gzip }
  } finally {
    closeSync(file)
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Looks at the beginnings of files, until the signal comes: what they hold, where nothing else says. */
export async function inspectFiles(
  listed: readonly FileEntry[],
  signal: AbortSignal,
): Promise<readonly LocalFile[]> {
  const files: LocalFile[] = []
  for (const [at, { kind, type, count, ...source }] of listed.entries()) {
    const { first, unreadable } = source.once || signal.aborted ? {} : await inspectFile(source)
    const shown = type ?? typeInName(source.name) ?? resourceTypeOfLine(first)
    files.push({
      ...source,
      startsWithoutResource: first !== undefined && !looksLikeResource(first),
      ...(unreadable === undefined ? {} : { unreadable }),
      file: {
        number: at,
        kind,
        exchange: at + 1,
        retrieved: true,
        bytes: source.size ?? source.stored ?? 0,
        ...(shown === undefined ? {} : { type: shown }),
        ...(count === undefined ? {} : { count }),
      },
    })
  }
  return files
}

/** The bytes of a file, decompressed if they are gzip, whatever its name. Throws `Unreadable`. */
export async function* decompressedBytes({ raw }: FileSource): AsyncGenerator<Uint8Array> {
  try {
    const chunks = raw()[Symbol.asyncIterator]()
    const head = await atLeast(chunks, 2)
    if (isGzip(head)) yield* gunzipBytes(withHead(head, chunks))
    else yield* withHead(head, chunks)
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
    throw new UnreadableFileError(/^Z_/.test(code) ? 'it is no whole gzip file' : fileErrorReason(error))
  }
}

async function* gunzipBytes(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let fed = 0
  const whole = async function* () {
    for await (const chunk of bytes) {
      fed += chunk.length
      yield chunk
    }
  }
  // What goes wrong before the decoder reaches who reads from it.
  const decoder = pipeline(Readable.from(whole(), { objectMode: false }), createGunzip(), () => undefined)
  for await (const chunk of decoder) yield chunk as Uint8Array
  // It passes over what follows the last member.
  if (decoder.bytesWritten !== fed) throw Object.assign(new Error(), { code: 'Z_DATA_ERROR' })
}

async function atLeast(chunks: AsyncIterator<Uint8Array>, length: number): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < length) {
    const { done, value } = await chunks.next()
    if (done) break
    head = head.length === 0 ? value : Buffer.concat([head, value])
  }
  return head
}

async function* withHead(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head
    for (let it = await rest.next(); !it.done; it = await rest.next()) yield it.value
  } finally {
    await rest.return?.()
  }
}

/** The bytes of a file for those who judge them: by its path where that is possible, so that threads share in it; others come to their end at the signal. */
export function slicesOf(source: FileSource, signal?: AbortSignal): SliceBytes {
  const { path, gzip, size } = source
  if (path !== undefined && gzip) return { gzip: path }
  if (path !== undefined && size !== undefined) return { path, to: size }
  return { stream: signal ? untilAborted(signal, decompressedBytes(source)) : decompressedBytes(source) }
}

/** Bytes until a signal, for which nobody has to wait until more of them come. */
async function* untilAborted(
  signal: AbortSignal,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]()
  const next = () =>
    new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      const end = () => resolve({ done: true, value: undefined })
      if (signal.aborted) return end()
      signal.addEventListener('abort', end, { once: true })
      iterator
        .next()
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', end))
    })
  try {
    for (let it = await next(); !it.done; it = await next()) yield it.value
    await signalsDelivered()
  } catch (error) {
    await signalsDelivered()
    if (!signal.aborted) throw error
  } finally {
    void iterator.return?.()
  }
}

/** Whether a file has lines and none of them is a resource. */
export async function holdsNoResource(source: FileSource): Promise<boolean> {
  let lines = 0
  try {
    for await (const { text } of readRawLines(decompressedBytes(source), defaultLimits.lineBytes)) {
      if (looksLikeResource(text)) return false
      if (text.trim() !== '') lines += 1
    }
  } catch (error) {
    // Who judges it is told.
    if (error instanceof UnreadableFileError) return false
    throw error
  }
  return lines > 0
}

/** Ctrl-C ends who writes into a pipe as well, perhaps in the midst of a line: that it came is to be known before the end is judged. */
async function signalsDelivered(): Promise<void> {
  // An end may come in the same turn as bytes before it, and the signal then in the next.
  for (const _ of [1, 2]) await new Promise((resume) => setImmediate(resume))
}

async function inspectFile(
  source: FileSource,
): Promise<{ readonly first?: string; readonly unreadable?: string }> {
  try {
    for await (const { text } of readRawLines(decompressedBytes(source), defaultLimits.lineBytes))
      if (text.trim() !== '') return { first: text }
    return {}
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error
    return { unreadable: error.message }
  }
}

function looksLikeResource(line: string): boolean {
  return /^\s*\{/.test(line) && /"resourceType"\s*:\s*"/.test(line)
}

function typeInName(name: string): string | undefined {
  const [word = ''] = basename(name).split(/[^A-Za-z]/)
  return isResourceType(word) ? word : undefined
}

function resourceTypeOfLine(line: string | undefined): string | undefined {
  const { json } = line === undefined ? {} : parseJsonLine({ number: 1, text: line })
  const type = isObject(json) ? json.resourceType : undefined
  return isResourceType(type) ? type : undefined
}
