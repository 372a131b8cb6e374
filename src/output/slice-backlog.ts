import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { JudgeEnvironment } from './judge-environment.ts'
import type { LineSlice, SliceBytes } from './slice.ts'

/** How many bytes of slices wait for a worker, and how many of those are in memory. */
export interface SliceBacklog {
  readonly mostHeld: number
  held: number
  waiting: number
  /** Bytes of all slices until now. */
  seen: number
  /** Files that were written for slices. */
  spilled: number
}

/** What a waiting slice occupies: bytes in memory, and perhaps a file of its own. */
interface BacklogEntry {
  readonly bytes: SliceBytes
  readonly length: number
  readonly held: number
  readonly path?: string
}

/** Most bytes that wait in memory for each thread; slices beyond that wait in files. */
const heldBytesPerThread = 8 << 20
/** Most bytes that wait when another download begins. */
const mostWaitingBytes = 512 << 20

/** Begins an empty backlog for so many threads. */
export function openBacklog(threads: number): SliceBacklog {
  return { mostHeld: heldBytesPerThread * Math.max(2, threads), held: 0, waiting: 0, seen: 0, spilled: 0 }
}

/** Whether the backlog is too large for another download. */
export function isBacklogFull({ waiting }: SliceBacklog): boolean {
  return waiting > mostWaitingBytes
}

/** Adds a slice of `length` bytes. It goes to a file if too much is in memory and a file can be written. */
export function enterBacklog(
  backlog: SliceBacklog,
  slice: LineSlice,
  length: number,
  environment: JudgeEnvironment,
): BacklogEntry {
  backlog.seen += length
  const path =
    'held' in slice.bytes && backlog.held > backlog.mostHeld
      ? spill(backlog, slice.bytes.held, slice.file.exchange, environment)
      : undefined
  const bytes = path === undefined ? slice.bytes : { path, to: length }
  const held = 'held' in bytes ? bytes.held.buffer.byteLength : 0
  backlog.waiting += length
  backlog.held += held
  return { bytes, length, held, ...(path === undefined ? {} : { path }) }
}

/** Removes a slice and frees what it occupied. */
export function leaveBacklog(
  backlog: SliceBacklog,
  { bytes, length, held, path }: BacklogEntry,
  { buffers }: JudgeEnvironment,
): void {
  backlog.held -= held
  backlog.waiting -= length
  if ('held' in bytes) buffers.giveBack(bytes.held)
  if (path !== undefined) rmSync(path, { force: true })
}

function spill(
  backlog: SliceBacklog,
  bytes: Uint8Array,
  exchange: number,
  { folder, buffers }: JudgeEnvironment,
): string | undefined {
  backlog.spilled += 1
  const path = writeNewFile(() => join(folder(), `${exchange}-${backlog.spilled}.slice`), bytes)
  // What cannot be written stays in memory: a full disk is not the server's fault.
  if (path !== undefined) buffers.giveBack(bytes)
  return path
}

/** Writes a new file and returns its path, or `undefined` if that was not possible. */
function writeNewFile(place: () => string, bytes: Uint8Array): string | undefined {
  let path = ''
  let descriptor: number | undefined
  try {
    path = place()
    // `wx` neither follows a link nor takes over a file that somebody else has put there.
    descriptor = openSync(path, 'wx', 0o600)
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    return path
  } catch {
    if (descriptor !== undefined) rmSync(path, { force: true })
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
