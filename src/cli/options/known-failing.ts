import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ConfigError } from '../../config/error.ts'
import { fileErrorReason } from '../../storage/file-error.ts'
import { dayOf, type KnownFailing, KnownFailingError, parseKnownFailing } from '../../run/known-failing.ts'
import type { Args } from '../command.ts'
import { systemClock } from '../system-clock.ts'

/** The entries of a known-failing file, as of today; empty without a file. Throws ConfigError. */
export async function readKnownFailing(
  file: string | undefined,
  cwd: string,
): Promise<readonly KnownFailing[]> {
  if (file === undefined) return []
  const text = await readFile(resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw new ConfigError(`${file} cannot be read: ${fileErrorReason(error)}`)
  })
  try {
    return parseKnownFailing(text, dayOf(systemClock.wall()))
  } catch (error) {
    if (!(error instanceof KnownFailingError)) throw error
    throw new ConfigError(error.message.split('\n').map((it) => `${file}:${it}`))
  }
}

/** The known-failing file, as it was named. */
export function knownFailingFileFrom(args: Args): { readonly knownFailingFile?: string } {
  const file = args.text('known-failing')
  return file === undefined ? {} : { knownFailingFile: file }
}
