import { randomUUID } from 'node:crypto'
import { realpathSync, statSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileTrouble } from '../config/error.ts'
import { packageRoot } from '../config/package.ts'
import { writeWhole } from '../model/whole-file.ts'
import { UsageError } from './command.ts'

/** Where reports go unless told otherwise: `reports/out` in the repository of bulkcheck, `bulkcheck-report` elsewhere. */
export function defaultOutput(cwd: string): string {
  return join(cwd, realpathSync(cwd) === realpathSync(packageRoot) ? 'reports/out' : 'bulkcheck-report')
}

/** Makes a folder and proves that files can be written there. Throws UsageError. */
export async function writableFolder(folder: string, cwd: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    const trial = join(folder, `.bulkcheck-${randomUUID()}`)
    await (await open(trial, 'wx')).close()
    await rm(trial)
  } catch (error) {
    throw new UsageError(`${near(folder, cwd)} cannot be written to: ${fileTrouble(error)}`)
  }
}

/** Throws UsageError if what is to be a file is a folder. */
export function refuseFolder(path: string, option: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--${option} is a file, and this is a folder`)
}

/** Writes a file, whole or not at all. Throws UsageError. */
export async function writeReport(file: string, text: string, cwd: string): Promise<void> {
  await writeWhole(file, text).catch((error: unknown) => {
    throw new UsageError(`${near(file, cwd)} cannot be written: ${fileTrouble(error)}`)
  })
}

/** A path as people write it from where they are. */
export function near(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' ? '.' : short.startsWith('..') ? path : short
}
