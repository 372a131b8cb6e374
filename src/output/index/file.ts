import { closeSync, openSync, writeSync } from 'node:fs'
import type { Flaw } from './rows.ts'
import { type Kept, bytesOf } from './segments.ts'
import type { IndexStore } from './store.ts'

/** What was read of a part of a file, its segments kept. */
export interface Part {
  readonly kept: readonly Kept[]
  readonly flaws: readonly Flaw[]
  readonly untold: readonly string[]
}

/** What a file of parts begins with, as JSON, after its length in four bytes. */
interface Contents {
  readonly bulkcheckIndex: 1
  readonly parts: readonly (Omit<Part, 'kept'> & { readonly kept: readonly Omit<Kept, 'at'>[] })[]
}

/** Writes parts to a new file that only its owner can read; it holds no id. */
export function writeParts(path: string, parts: readonly Part[]): void {
  const contents: Contents = {
    bulkcheckIndex: 1,
    parts: parts.map((it) => ({ ...it, kept: it.kept.map(({ at: _, ...rest }) => rest) })),
  }
  const text = Buffer.from(JSON.stringify(contents))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const descriptor = openSync(path, 'wx', 0o600)
  try {
    for (const it of [length, text]) writeAll(descriptor, it)
    for (const { kept } of parts) for (const it of kept) writeAll(descriptor, bytesOf(it))
  } finally {
    closeSync(descriptor)
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}

/** Parts that were written; their segments stay in the file until they are read. */
export function readParts(path: string, store: IndexStore): readonly Part[] {
  const file = store.open(path)
  const length = Buffer.from(file.read(0, 4)).readUInt32LE()
  let from = 4 + length
  return contentsOf(file.read(4, Math.min(length, file.length - 4)), path).parts.map((part) => ({
    ...part,
    kept: part.kept.map((it): Kept => {
      const at = { from, in: file }
      from += it.length
      return { ...it, at }
    }),
  }))
}

function contentsOf(bytes: Uint8Array, path: string): Contents {
  try {
    const contents = JSON.parse(Buffer.from(bytes).toString()) as Partial<Contents>
    if (contents.bulkcheckIndex === 1) return contents as Contents
  } catch {
    // What it says instead is of no use to anybody.
  }
  throw new Error(`${path} is no index of a part of an export`)
}
