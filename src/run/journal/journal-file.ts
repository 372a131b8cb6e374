import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { fileErrorReason } from '../../storage/file-error.ts'
import { temporaryMark } from '../../storage/temporary-names.ts'
import { type ProcessId, thisProcess } from './process-id.ts'

/** The first line of a journal. */
export interface JournalHeader {
  readonly journal: 1
  readonly harness: string
  /** Digest of what the run was asked for, without credentials. */
  readonly configuration: string
  /** It is a recording: its exchanges have bodies, and there is evidence. */
  readonly hasBodies: boolean
  /** The server was part of the process that wrote the journal. */
  readonly ownServer?: true
  readonly process: ProcessId
  readonly temporary: TemporaryPlaces
}

/** Where temporary files of a process may lie. */
interface TemporaryPlaces {
  /** Begins their names. */
  readonly mark: string
  readonly folders: readonly string[]
}

/** What the file says that is not a journal, or is damaged; the message is for the user. */
export class JournalError extends Error {}

/** A journal that is written. */
export interface JournalFile {
  /** Whether everything could be written. */
  readonly isWhole: boolean
  /** Appends the text of a JSON object at once, so that a killed process loses nothing that was appended; after a failure it does nothing. */
  append(text: string): void
  /** Bytes of the file. */
  readonly length: number
  /** Replaces the texts of its lines by others that are not longer. */
  replace(change: (text: string) => string): void
  close(): void
}

/** Begins a journal that only its owner can read; replaces an existing file. Throws errors of the file system. */
export function beginJournal(
  path: string,
  header: Omit<JournalHeader, 'journal' | 'process' | 'temporary'> & {
    /** Folders in which this process may leave unfinished files. */
    readonly folders: readonly string[]
  },
): JournalFile {
  const { folders, ...known } = header
  // A link, or the mode of an older file, must not decide who reads it.
  rmSync(path, { force: true })
  const file = journalFileOf(openSync(path, 'wx+', 0o600))
  const temporary = { mark: temporaryMark, folders: [...new Set([tmpdir(), dirname(path), ...folders])] }
  const first: JournalHeader = { journal: 1, ...known, process: thisProcess(), temporary }
  file.append(JSON.stringify(first))
  return file
}

/** Opens a journal to append to it, without the line at its end that was cut short. Throws errors of the file system. */
export function continueJournal(path: string): JournalFile {
  const bytes = readFileSync(path)
  const descriptor = openSync(path, 'r+')
  const end = bytes.lastIndexOf(lineFeed) + 1
  ftruncateSync(descriptor, end)
  return journalFileOf(descriptor, end)
}

function journalFileOf(descriptor: number, begin = 0): JournalFile {
  let at = begin
  let isWhole = true
  return {
    get isWhole() {
      return isWhole
    },
    append(text) {
      if (!isWhole) return
      const bytes = Buffer.from(`${sealed(text)}\n`)
      try {
        for (let done = 0; done < bytes.length; )
          done += writeSync(descriptor, bytes, done, bytes.length - done, at + done)
        at += bytes.length
      } catch {
        // The disk is probably full. What follows half a line could not be read.
        isWhole = false
      }
    },
    get length() {
      return at
    },
    replace(change) {
      if (!isWhole) return
      for (const { from, line } of linesIn(descriptor, at)) {
        const text = textOf(line)
        const changed = change(text)
        if (changed === text) continue
        const missing = Buffer.byteLength(text) - Buffer.byteLength(changed)
        const bytes = Buffer.from(sealed(`${changed.slice(0, -1)}${' '.repeat(missing)}}`))
        for (let done = 0; done < bytes.length; )
          done += writeSync(descriptor, bytes, done, bytes.length - done, from + done)
      }
    },
    close: () => closeSync(descriptor),
  }
}

const pieceBytes = 1 << 20

/** The lines of an open file, and where they begin. */
function* linesIn(
  descriptor: number,
  length: number,
): Generator<{ readonly from: number; readonly line: string }> {
  let rest = Buffer.alloc(0)
  for (let read = 0; read < length; ) {
    const piece = Buffer.alloc(Math.min(pieceBytes, length - read))
    const count = readSync(descriptor, piece, 0, piece.length, read)
    if (count === 0) return
    const bytes = Buffer.concat([rest, piece.subarray(0, count)])
    let begin = 0
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, begin)) {
      yield { from: read - rest.length + begin, line: bytes.toString('utf8', begin, end) }
      begin = end + 1
    }
    read += count
    rest = bytes.subarray(begin)
  }
}

const lineFeed = 0x0a

/** The first line of a journal. Throws JournalError. */
export function readJournalHeader(path: string, name = path): JournalHeader {
  return readJournalLines(path, name)[0]
}

/** The lines of a journal without their seals; a last line that was cut short is left out. Throws JournalError. */
export function readJournalLines(path: string, name = path): readonly [JournalHeader, ...object[]] {
  const lines = unsealedLines(bytesOf(path, name), name)
  const [header, ...rest] = lines
  if (!header || !('journal' in header)) throw new JournalError(`${name} is not a journal of a run`)
  if (header.journal !== 1)
    throw new JournalError(`${name} was written by another version of bulkcheck, which can read it`)
  return [header as JournalHeader, ...rest]
}

function bytesOf(path: string, name: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new JournalError(`${name} cannot be read: ${fileErrorReason(error)}`)
  }
}

function unsealedLines(bytes: Uint8Array, name: string): readonly object[] {
  const lines: object[] = []
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(lineFeed, from)
    if (end < 0) break
    const line = unsealed(utf8.decode(bytes.subarray(from, end)))
    // A machine that lost power may leave more than an unfinished line at the end.
    if (!line && bytes.indexOf(lineFeed, end + 1) < 0) break
    if (!line)
      throw new JournalError(
        lines.length === 0
          ? `${name} is not a journal of a run`
          : `${name} is damaged: line ${lines.length + 1} is not as bulkcheck wrote it`,
      )
    lines.push(line)
    from = end + 1
  }
  return lines
}

const utf8 = new TextDecoder()
const seal = /,"sum":"([0-9a-f]{8})"\}$/

/** A line with a digest of itself, so that damage is noticed. */
function sealed(text: string): string {
  return `${text.slice(0, -1)},"sum":"${digestOf(text)}"}`
}

function unsealed(line: string): object | undefined {
  const text = textOf(line)
  return seal.exec(line)?.[1] === digestOf(text) ? (JSON.parse(text) as object) : undefined
}

function textOf(line: string): string {
  return `${line.slice(0, seal.exec(line)?.index ?? 0)}}`
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
