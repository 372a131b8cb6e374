import { readFile } from 'node:fs/promises'
import { UsageError } from '../config/error.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import type { RunResult } from '../model/result.ts'
import { parseResult } from '../report/json/parser.ts'

/** Reads a result that the json report wrote. Throws UsageError that says why a file is none. */
export async function readResult(path: string, name: string): Promise<RunResult> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${name} cannot be read: ${fileErrorReason(error)}`)
  })
  const read = parseResult(text)
  if ('result' in read) return read.result
  if (read.older)
    throw new UsageError(
      `${name} was written by an older bulkcheck, and this one reads results of version 2 only: run or validate again, or use the version that wrote it`,
    )
  const shown = read.problems.slice(0, 5)
  const more = read.problems.length - shown.length
  const lines = [...shown, ...(more > 0 ? [`and ${more} more`] : [])]
  throw new UsageError(
    [`${name} is no result of a run, as the json report writes it:`, ...lines.map((it) => `  ${it}`)].join(
      '\n',
    ),
  )
}
