import { basename } from 'node:path'
import { closeSync, openSync, readSync } from 'node:fs'
import { isJsonObject } from '../model/json.ts'
import { isResourceType } from '../r4/facts.ts'
import type { FileKind, OutputFile } from '../model/http/exchange.ts'
import { defaultLimits } from '../model/target.ts'
import { UnreadableFileError } from '../output/byte-source.ts'
import { readRawLines } from './raw-lines.ts'
import { parseJsonLine } from '../output/lines/json-line.ts'
import { decompressedBytes } from './file-bytes.ts'
import { documentIn, type ForeignContent, isBinary, isLogItem, looksLikeResource } from './file-content.ts'
import type { FileSource, Writable } from './find-files.ts'

/** A file on this machine as an output file; `file.exchange` counts from 1 and stands for its place in the list. */
export interface LocalFile {
  /** The path as it was given. */
  readonly name: string
  readonly source: FileSource
  readonly file: OutputFile
  /** Its first line is not a resource; a later line may be. */
  readonly startsWithoutResource: boolean
  /** Why it could not be inspected; completes "<file> cannot be read: …". */
  readonly unreadable?: string
}

/** What is known of a file besides its bytes. */
export interface FileEntry extends FileSource {
  /** Absent: output. */
  readonly kind?: FileKind
  readonly type?: string
  readonly count?: unknown
}

/** Inspects the beginnings of files, until the signal, to find out what they hold. */
export async function inspectFiles(
  listed: readonly FileEntry[],
  signal: AbortSignal,
): Promise<readonly LocalFile[]> {
  const files: LocalFile[] = []
  for (const [at, entry] of listed.entries()) {
    files.push(await inspectedFile(entry, at, signal))
    // Files are read without a pause, and Ctrl-C must be heard.
    if (at % filesPerTurn === 0) await new Promise((resume) => setImmediate(resume))
  }
  return files
}

const filesPerTurn = 1000

async function inspectedFile(entry: FileEntry, at: number, signal: AbortSignal): Promise<LocalFile> {
  const { kind = 'output', type, count, name, size, stored } = entry
  const { first, unreadable } = entry.once || signal.aborted ? {} : await inspectFile(entry)
  const shown = type ?? typeInName(name) ?? resourceTypeOfLine(first)
  const file: Writable<OutputFile> = {
    number: at,
    kind,
    exchange: at + 1,
    retrieved: true,
    bytes: size ?? stored ?? 0,
  }
  if (shown !== undefined) file.type = shown
  if (count !== undefined) file.count = count
  const startsWithoutResource = first !== undefined && !looksLikeResource(first)
  const local: Writable<LocalFile> = { source: entry, name, startsWithoutResource, file }
  if (unreadable !== undefined) local.unreadable = unreadable
  return local
}

/** What a file holds that has lines, but no resource on any of them; `undefined` for another file. */
export async function foreignContentOf(source: FileSource): Promise<ForeignContent | undefined> {
  let lines = 0
  let isLog = true
  let head: Uint8Array = new Uint8Array(0)
  const seen = async function* () {
    for await (const chunk of decompressedBytes(source)) {
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)])
      yield chunk
    }
  }
  try {
    for await (const { text } of readRawLines(seen(), defaultLimits.lineBytes)) {
      const binary = lines === 0 ? isBinary(head) : undefined
      if (binary !== undefined) return { kind: 'foreign', is: binary }
      if (isInArray(text, lines)) return { kind: 'foreign', ...documentOf(head) }
      if (looksLikeResource(text)) return undefined
      if (text.trim() === '') continue
      lines += 1
      isLog &&= isLogItem(text)
    }
  } catch (error) {
    // Judging the file reports the reason.
    if (error instanceof UnreadableFileError) return undefined
    throw error
  }
  if (lines === 0) return undefined
  return isLog ? { kind: 'log' } : { kind: 'foreign', ...documentOf(head) }
}

// An array that ends on its line is one line that is wrong; the resources on the lines of another one are its items.
function isInArray(text: string, linesBefore: number): boolean {
  return linesBefore === 0 && /^\uFEFF?\s*\[/.test(text) && !/\]\s*$/.test(text)
}

const headBytes = 4096

function documentOf(head: Uint8Array): { readonly is?: string } {
  const is = documentIn(Buffer.from(head).toString('utf8'))
  return is === undefined ? {} : { is }
}

async function inspectFile(
  source: FileSource,
): Promise<{ readonly first?: string; readonly unreadable?: string }> {
  try {
    const known = firstLineOfFile(source)
    if (known !== undefined) return known === '' ? {} : { first: known }
    for await (const { text } of readRawLines(decompressedBytes(source), defaultLimits.lineBytes))
      if (text.trim() !== '') return { first: text }
    return {}
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error
    return { unreadable: error.message }
  }
}

const beginning = Buffer.alloc(64 << 10)

/** The first line of a file that is not blank, or nothing if there is none; `undefined` where its beginning does not show it. */
function firstLineOfFile({ path, gzip, size }: FileSource): string | undefined {
  if (path === undefined || gzip || size === undefined) return undefined
  let length: number
  try {
    const file = openSync(path, 'r')
    try {
      length = readSync(file, beginning, 0, beginning.length, 0)
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
  const text = beginning.toString('utf8', 0, length)
  const [line] = /[^\s\uFEFF][^\n]*/.exec(text) ?? []
  if (line === undefined) return length < beginning.length ? '' : undefined
  return length < beginning.length || text.indexOf('\n', text.indexOf(line)) >= 0 ? line : undefined
}

function typeInName(name: string): string | undefined {
  const [word = ''] = basename(name).split(/[^A-Za-z]/)
  return isResourceType(word) ? word : undefined
}

function resourceTypeOfLine(line: string | undefined): string | undefined {
  const { json } = line === undefined ? {} : parseJsonLine({ number: 1, text: line })
  const type = isJsonObject(json) ? json.resourceType : undefined
  return isResourceType(type) ? type : undefined
}
