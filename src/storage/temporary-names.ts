import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Begins the name of every temporary file and folder of this process, so that they can be found if it is killed. */
export const temporaryMark = `bulkcheck-${randomBytes(8).toString('hex')}-`

/** Whether a text is such a mark. */
export function isTemporaryMark(text: string): boolean {
  return /^bulkcheck-[0-9a-f]{16}-$/.test(text)
}

/** Removes what a process with that mark left in some folders; returns how many files and folders that were. Throws errors of the file system. */
export function removeTemporary(mark: string, folders: Iterable<string>): number {
  let removed = 0
  for (const folder of new Set(folders))
    for (const name of namesIn(folder)) {
      if (!name.startsWith(mark) && !name.startsWith(`.${mark}`)) continue
      rmSync(join(folder, name), { recursive: true, force: true })
      removed += 1
    }
  return removed
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
