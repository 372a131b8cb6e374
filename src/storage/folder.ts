import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a folder and those above it that are missing. Throws the error of the file system: ENOTDIR if there is something else. */
export function makeFolder(path: string, mode = 0o777): void {
  // Recursive mkdir of Node never ends where the system denies that a parent exists, as below /proc.
  const missing: string[] = []
  let at = path
  for (; !exists(at) && dirname(at) !== at; at = dirname(at)) missing.push(at)
  if (!statSync(at).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
  for (const it of missing.reverse()) make(it, mode)
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    // Then the file in its path is found next.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false
    throw error
  }
}

function make(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another process may have made it in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
