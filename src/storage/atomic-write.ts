import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Writes a file so that a reader finds it whole or not at all: what was there before remains if it cannot be written. Rejects as the file system does. */
export async function writeAtomically(file: string, text: string, mode = 0o666): Promise<void> {
  const unfinished = join(dirname(file), `.bulkcheck-${randomUUID()}`)
  try {
    await writeFile(unfinished, text, { mode, flag: 'wx' })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw error
  }
}
