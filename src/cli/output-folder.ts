import { randomUUID } from 'node:crypto'
import { realpathSync, statSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { UsageError } from '../config/error.ts'
import { packageRoot } from '../config/harness-package.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import { writeWholeFile } from '../storage/whole-file.ts'

/** Default folder for reports, below the current one. */
export const defaultFolderName = 'bulkcheck-report'

/** The default folder for reports: `reports/out` in the repository of bulkcheck, `bulkcheck-report` elsewhere. */
export function defaultOutputFolder(cwd: string): string {
  return join(cwd, realpathSync(cwd) === realpathSync(packageRoot) ? 'reports/out' : defaultFolderName)
}

/** Makes a folder and proves that files can be written there. Throws UsageError. */
export async function ensureWritableFolder(folder: string, cwd: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    const trial = join(folder, `.bulkcheck-${randomUUID()}`)
    await (await open(trial, 'wx')).close()
    await rm(trial)
  } catch (error) {
    throw new UsageError(`${displayPath(folder, cwd)} cannot be written to: ${fileErrorReason(error)}`)
  }
}

/** Throws UsageError if a path that should name a file names a folder. */
export function refuseFolder(path: string, option: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--${option} must name a file, not a folder`)
}

/** Writes a file, whole or not at all. Throws UsageError. */
export async function writeReport(file: string, text: string, cwd: string, mode?: number): Promise<void> {
  await writeWholeFile(file, text, mode).catch((error: unknown) => {
    throw new UsageError(`${displayPath(file, cwd)} cannot be written: ${fileErrorReason(error)}`)
  })
}

/** A path for display, relative to the working directory where it is below it. */
export function displayPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' ? '.' : short.startsWith('..') ? path : short
}
