import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for what nobody else is to see. */
export interface TemporaryFolder {
  /** Makes it when it is asked for first; throws if that is not possible. */
  path(): string
  remove(): void
}

const existingFolders = new Set<string>()
const removeAll = () => {
  for (const path of existingFolders) rmSync(path, { recursive: true, force: true })
}

/** A private folder that does not remain, however the process ends: on a second signal as well. */
export function temporaryFolder(): TemporaryFolder {
  let made: string | undefined
  return {
    path() {
      if (made === undefined) {
        made = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
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
