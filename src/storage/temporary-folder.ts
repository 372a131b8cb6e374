import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { temporaryMark } from './temporary-names.ts'

/** A private folder that exists while the process runs. */
export interface TemporaryFolder {
  /** Makes the folder on the first call; throws if that fails. */
  path(): string
  remove(): void
}

const existingFolders = new Set<string>()
const removeAll = () => {
  for (const path of existingFolders) rmSync(path, { recursive: true, force: true })
}

/** A private folder that is removed when the process ends, also on a second signal. */
export function temporaryFolder(): TemporaryFolder {
  let made: string | undefined
  return {
    path() {
      if (made === undefined) {
        made = mkdtempSync(join(tmpdir(), temporaryMark))
        if (existingFolders.size === 0) process.once('exit', removeAll)
        existingFolders.add(made)
      }
      return made
    },
    remove() {
      if (made === undefined) return
      rmSync(made, { recursive: true, force: true })
      existingFolders.delete(made)
      made = undefined
      if (existingFolders.size === 0) process.off('exit', removeAll)
    },
  }
}
