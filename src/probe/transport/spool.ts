import { createReadStream, closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { ByteSink } from './message.ts'

const mostInMemory = 1 << 20

/** Holds the bytes of one body. */
export interface Spool extends ByteSink {
  readonly bytes: number
  /** Nothing more will be written. */
  end(): void
  read(): AsyncIterable<Uint8Array>
  /** Gives the file its final name where files are kept. */
  keepAs(name: string): void
  drop(): void
}

/** Where the bytes of a spool may go. */
export interface SpoolPlace {
  /** Path of a file in the folder of the store: with its final name, or with one until then. */
  readonly pathOf: (name?: string) => string
  /** Counts bytes that enter or leave memory; false if all spools together have too many. */
  readonly account: (bytes: number) => boolean
  /** The file can be kept. */
  readonly kept: boolean
  /** The bytes are needed in a file that is kept, and nowhere else. */
  readonly copy: boolean
  /** Paths of files that are removed in the end. */
  readonly unfinished: Set<string>
  /** Called if a file to keep could not be written. */
  readonly onLost: () => void
}

/** Opens a spool: memory first, then a file. */
export function openSpool(place: SpoolPlace): Spool {
  const state: SpoolState = {
    ...{ place, chunks: [], bytes: 0, held: 0, full: false },
    ...{ path: undefined, descriptor: undefined },
  }
  return {
    get bytes() {
      return state.bytes
    },
    write(chunk) {
      state.bytes += chunk.length
      if (state.path !== undefined) writeOut(state, chunk)
      else if (!hold(state, chunk) || state.bytes > mostInMemory) moveToFile(state)
    },
    end: () => end(state),
    read: () => read(state),
    keepAs: (name) => keepAs(state, name),
    drop() {
      end(state)
      release(state)
      if (state.path !== undefined) rmSync(state.path, { force: true })
      place.unfinished.delete(state.path ?? '')
    },
  }
}

/** The bytes of one body: in a file if there is one, and what could not be written in memory. */
interface SpoolState {
  readonly place: SpoolPlace
  chunks: Uint8Array[]
  bytes: number
  /** Bytes of the chunks. */
  held: number
  path: string | undefined
  descriptor: number | undefined
  /** No more can be written to the file. */
  full: boolean
}

/** Keeps a chunk in memory; false once there is too much in it. */
function hold(state: SpoolState, chunk: Uint8Array): boolean {
  if (state.full && state.place.copy) return true
  state.held += chunk.length
  state.chunks.push(Uint8Array.from(chunk))
  return state.place.account(chunk.length)
}

function release(state: SpoolState): void {
  state.place.account(-state.held)
  state.held = 0
  state.chunks = []
}

/** Writes a chunk to the file; the rest of it stays in memory if that fails. */
function writeOut(state: SpoolState, chunk: Uint8Array): void {
  const { descriptor, full } = state
  const written = descriptor === undefined || full ? 0 : writeAll(descriptor, chunk)
  if (written === chunk.length) return
  state.full = true
  hold(state, chunk.subarray(written))
}

function moveToFile(state: SpoolState): void {
  if (state.path !== undefined || state.full) return
  const { place, chunks } = state
  release(state)
  try {
    const path = place.pathOf()
    // `wx` neither follows a link nor opens an existing file of another user.
    state.descriptor = openSync(path, 'wx', 0o600)
    state.path = path
    if (place.kept) place.unfinished.add(path)
  } catch {
    state.full = true
  }
  for (const chunk of chunks) writeOut(state, chunk)
}

function end(state: SpoolState): void {
  const { descriptor } = state
  state.descriptor = undefined
  if (descriptor !== undefined && !succeeds(() => closeSync(descriptor))) state.full = true
}

async function* read(state: SpoolState): AsyncGenerator<Uint8Array> {
  if (state.path !== undefined)
    for await (const chunk of createReadStream(state.path, { highWaterMark: mostInMemory }))
      yield chunk as Uint8Array
  yield* state.chunks
}

function keepAs(state: SpoolState, name: string): void {
  const { place } = state
  if (!place.kept) return
  moveToFile(state)
  end(state)
  const { path, full } = state
  const isKept = !full && path !== undefined && succeeds(() => renameSync(path, place.pathOf(name)))
  if (!isKept) {
    // Replaces a file of an earlier run.
    succeeds(() => rmSync(place.pathOf(name), { force: true }))
    place.onLost()
    return
  }
  place.unfinished.delete(path)
  state.path = place.pathOf(name)
}

// Any operation can fail if the file system is full or read-only.
function succeeds(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}

/** How many bytes of a chunk could be written. */
function writeAll(descriptor: number, chunk: Uint8Array): number {
  let written = 0
  try {
    while (written < chunk.length) written += writeSync(descriptor, chunk, written)
  } catch {
    // The disk is probably full; the caller reports that.
  }
  return written
}
