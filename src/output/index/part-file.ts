import type { IndexFlaw } from './row-maker.ts'
import { type StoredSegment, segmentBytes } from './stored-segments.ts'
import type { StoreFile } from './store.ts'

/** The rows of a part of a file, with their stored segments. */
export interface IndexPart {
  readonly kept: readonly StoredSegment[]
  readonly flaws: readonly IndexFlaw[]
  readonly untold: readonly string[]
  /** Why the rows are missing. */
  readonly noRoom?: string
}

/** The head of written parts, as JSON after its length in four bytes. */
interface PartFileContent {
  readonly bulkcheckIndex: 1
  readonly parts: readonly (Omit<IndexPart, 'kept'> & {
    readonly kept: readonly Omit<StoredSegment, 'at'>[]
  })[]
}

/** Writes parts one after another; they contain no ids. */
export function writeIndexParts(write: (bytes: Uint8Array) => void, parts: readonly IndexPart[]): void {
  const contents: PartFileContent = {
    bulkcheckIndex: 1,
    parts: parts.map((it) => ({ ...it, kept: it.kept.map(({ at: _, ...rest }) => rest) })),
  }
  const text = Buffer.from(JSON.stringify(contents))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  for (const it of [length, text]) write(it)
  for (const { kept } of parts) for (const it of kept) write(segmentBytes(it))
}

/** The parts in a file from an offset on; their segments stay in the file until they are read. */
export function readIndexParts(file: StoreFile, start: number): readonly IndexPart[] {
  const length = Buffer.from(file.read(start, 4)).readUInt32LE()
  const begin = start + 4
  let from = begin + length
  return contentsOf(file.read(begin, Math.min(length, file.length - begin))).parts.map((part) => ({
    ...part,
    kept: part.kept.map((it): StoredSegment => {
      const at = { from, in: file }
      from += it.length
      return { ...it, at }
    }),
  }))
}

function contentsOf(bytes: Uint8Array): PartFileContent {
  try {
    const contents = JSON.parse(Buffer.from(bytes).toString()) as Partial<PartFileContent>
    if (contents.bulkcheckIndex === 1) return contents as PartFileContent
  } catch {
    // The message of the parser would not help anybody.
  }
  throw new Error('this is not the index of a part of an export')
}
