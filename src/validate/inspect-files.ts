import { basename } from 'node:path'
import { isJsonObject } from '../model/json.ts'
import { isResourceType } from '../r4/facts.ts'
import type { FileKind, OutputFile } from '../model/http/exchange.ts'
import { defaultLimits } from '../model/target.ts'
import { UnreadableFileError } from '../output/byte-source.ts'
import { readRawLines } from './raw-lines.ts'
import { parseJsonLine } from '../output/lines/json-line.ts'
import { decompressedBytes } from './file-bytes.ts'
import type { FileSource } from './find-files.ts'

/** A file on this machine as an output file; `file.exchange` counts from 1 and stands for its place in the list. */
export interface LocalFile extends FileSource {
  readonly file: OutputFile
  /** Its first line is not a resource; a later line may be. */
  readonly startsWithoutResource: boolean
  /** Why it could not be inspected; completes "<file> cannot be read: …". */
  readonly unreadable?: string
}

/** What is known of a file besides its bytes. */
export interface FileEntry extends FileSource {
  readonly kind: FileKind
  readonly type?: string
  readonly count?: unknown
}

/** Inspects the beginnings of files, until the signal, to find out what they hold. */
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

/** Whether a file has lines and none of them is a resource. */
export async function holdsNoResource(source: FileSource): Promise<boolean> {
  let lines = 0
  try {
    for await (const { text } of readRawLines(decompressedBytes(source), defaultLimits.lineBytes)) {
      if (looksLikeResource(text)) return false
      if (text.trim() !== '') lines += 1
    }
  } catch (error) {
    // Judging the file reports the reason.
    if (error instanceof UnreadableFileError) return false
    throw error
  }
  return lines > 0
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
  const type = isJsonObject(json) ? json.resourceType : undefined
  return isResourceType(type) ? type : undefined
}
