import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for what nobody else is to see. */
export interface TemporaryFolder {
  /** Makes it when it is asked for first; throws if that is not possible. */
  path(): string
  remove(): void
}

/** A private folder that does not remain, however the process ends: on a second signal as well. */
export function temporaryFolder(): TemporaryFolder {
  let made: string | undefined
  const remove = () => {
    if (made) rmSync(made, { recursive: true, force: true })
    made = undefined
    process.off('exit', remove)
  }
  return {
    path() {
      if (made === undefined) {
        made = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
        process.on('exit', remove)
      }
      return made
    },
    remove,
  }
}
