import type { Flaw } from './rows.ts'
import { type Kept, bytesOf } from './segments.ts'
import type { StoreFile } from './store.ts'

/** What was read of a part of a file, its segments kept. */
export interface Part {
  readonly kept: readonly Kept[]
  readonly flaws: readonly Flaw[]
  readonly untold: readonly string[]
  /** Why what was read is not here. */
  readonly noRoom?: string
}

/** What parts begin with where they are written, as JSON, after its length in four bytes. */
interface Contents {
  readonly bulkcheckIndex: 1
  readonly parts: readonly (Omit<Part, 'kept'> & { readonly kept: readonly Omit<Kept, 'at'>[] })[]
}

/** Writes parts one after the other; they hold no id. */
export function writeParts(write: (bytes: Uint8Array) => void, parts: readonly Part[]): void {
  const contents: Contents = {
    bulkcheckIndex: 1,
    parts: parts.map((it) => ({ ...it, kept: it.kept.map(({ at: _, ...rest }) => rest) })),
  }
  const text = Buffer.from(JSON.stringify(contents))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  for (const it of [length, text]) write(it)
  for (const { kept } of parts) for (const it of kept) write(bytesOf(it))
}

/** Parts that were written to a file, from there on; their segments stay in it until they are read. */
export function readParts(file: StoreFile, start: number): readonly Part[] {
  const length = Buffer.from(file.read(start, 4)).readUInt32LE()
  const begin = start + 4
  let from = begin + length
  return contentsOf(file.read(begin, Math.min(length, file.length - begin))).parts.map((part) => ({
    ...part,
    kept: part.kept.map((it): Kept => {
      const at = { from, in: file }
      from += it.length
      return { ...it, at }
    }),
  }))
}

function contentsOf(bytes: Uint8Array): Contents {
  try {
    const contents = JSON.parse(Buffer.from(bytes).toString()) as Partial<Contents>
    if (contents.bulkcheckIndex === 1) return contents as Contents
  } catch {
    // What it says instead is of no use to anybody.
  }
  throw new Error('this is no index of a part of an export')
}
