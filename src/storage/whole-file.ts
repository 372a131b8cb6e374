import { randomUUID } from 'node:crypto'
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Writes a file so that a reader finds it whole or not at all: what was there before remains if it cannot be written. Rejects as the file system does. */
export async function writeWholeFile(file: string, text: string, mode = 0o666): Promise<void> {
  const unfinished = unfinishedPath(file)
  try {
    await writeFile(unfinished, text, { mode, flag: 'wx' })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Does the same piece by piece, without leaving the thread: `fill` appends all that the file holds. Throws what `fill` throws, and as the file system does. */
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

/** Writes a file where there is none, and nothing of it if it cannot be written. Rejects as the file system does, with EEXIST if there is one. */
export async function writeNewFile(file: string, text: string, mode = 0o666): Promise<void> {
  await writeFile(file, text, { mode, flag: 'wx' }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') await rm(file, { force: true }).catch(() => undefined)
    throw error
  })
}

function unfinishedPath(file: string): string {
  return join(dirname(file), `.bulkcheck-${randomUUID()}`)
}
