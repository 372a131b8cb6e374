import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import { fileErrorReason } from '../../storage/file-error.ts'
import { parseKnownFailing } from '../../run/known-failing.ts'
import type { Args } from '../command.ts'

/** The patterns in a file of tests that are known to fail; empty without a file. Throws UsageError. */
export async function readKnownFailing(file: string | undefined, cwd: string): Promise<readonly string[]> {
  if (file === undefined) return []
  const text = await readFile(resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${fileErrorReason(error)}`)
  })
  return parseKnownFailing(text)
}

/** The file of those that are known to fail, as it was named. */
export function knownFailingFileFrom(args: Args): { readonly knownFailingFile?: string } {
  const file = args.text('known-failing')
  return file === undefined ? {} : { knownFailingFile: file }
}
