import { randomUUID } from 'node:crypto'
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { temporaryMark } from './temporary-names.ts'

/** Writes a file so that readers see it complete or not at all: an earlier file remains if writing fails. Rejects with the error of the file system. */
export async function writeWholeFile(file: string, text: string, mode = 0o666): Promise<void> {
  const unfinished = unfinishedPath(file)
  begin(unfinished)
  try {
    await writeFile(unfinished, text, { mode, flag: 'wx' })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw error
  } finally {
    unfinishedFiles.delete(unfinished)
  }
}

/** Does the same synchronously and piece by piece: `fill` appends the contents. Throws what `fill` throws, and errors of the file system. */
export function writeWholeFileSync(
  file: string,
  fill: (append: (bytes: Uint8Array) => void) => void,
  mode = 0o666,
): void {
  const unfinished = unfinishedPath(file)
  const descriptor = openSync(unfinished, 'wx', mode)
  try {
    try {
      fill((bytes) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
      })
    } finally {
      closeSync(descriptor)
    }
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

/** Writes a new file, complete or not at all. Rejects with the error of the file system: EEXIST if the file exists. */
export async function writeNewFile(file: string, text: string, mode = 0o666): Promise<void> {
  await writeFile(file, text, { mode, flag: 'wx' }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') await rm(file, { force: true }).catch(() => undefined)
    throw error
  })
}

function unfinishedPath(file: string): string {
  return join(dirname(file), `.${temporaryMark}${randomUUID()}`)
}

const unfinishedFiles = new Set<string>()
let isCleaned = false

/** What the end of the process cuts short is removed. */
function begin(unfinished: string): void {
  unfinishedFiles.add(unfinished)
  if (!isCleaned)
    process.once('exit', () => {
      for (const it of unfinishedFiles) rmSync(it, { force: true })
    })
  isCleaned = true
}
