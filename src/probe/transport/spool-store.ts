import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../storage/temporary-folder.ts'
import { temporaryMark } from '../../storage/temporary-names.ts'
import { type Spool, openSpool } from './spool.ts'

const mostInMemoryTogether = 64 << 20

/** Where bodies are put: memory up to 1 MiB each and 64 MiB together, then files that only their owner can read. What cannot be written stays in memory. */
export interface SpoolStore {
  /** `copy`: the bytes are needed where files are kept, and nowhere else. */
  create(copy?: boolean): Spool
  /** Whether what is created remains. */
  readonly keepsFiles: boolean
  /** How many bodies could not be kept because they could not be written. */
  readonly unkept: number
  /** Removes everything that is not kept. */
  close(): void
}

let storesOpened = 0

/** Opens a place for bodies; with `keep` each becomes a file in that folder, otherwise nothing remains. */
export function openSpoolStore(keep?: string): SpoolStore {
  const temporary = temporaryFolder()
  storesOpened += 1
  const store = storesOpened
  /** Files in the folder of what is kept that do not have their final names. */
  const unfinished = new Set<string>()
  let isMade = false
  let created = 0
  let inMemory = 0
  let unkept = 0
  const folderOf = () => {
    if (keep === undefined) return temporary.path()
    if (!isMade) mkdirSync(keep, { recursive: true, mode: 0o700 })
    isMade = true
    return keep
  }
  const account = (bytes: number) => {
    inMemory += bytes
    return inMemory <= mostInMemoryTogether
  }
  const clean = () => {
    for (const path of unfinished) rmSync(path, { force: true })
    unfinished.clear()
  }
  // On a second signal as well.
  if (keep !== undefined) process.on('exit', clean)
  return {
    create(copy = false) {
      created += 1
      const name = `.${temporaryMark}${store}-${created}.part`
      return openSpool({
        pathOf: (final) => join(folderOf(), final ?? name),
        account,
        kept: keep !== undefined,
        copy,
        unfinished,
        onLost: () => {
          unkept += 1
        },
      })
    },
    keepsFiles: keep !== undefined,
    get unkept() {
      return unkept
    },
    close() {
      process.off('exit', clean)
      clean()
      temporary.remove()
    },
  }
}
