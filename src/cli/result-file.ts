import { readFile } from 'node:fs/promises'
import { UsageError } from '../config/error.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import type { RunResult } from '../model/result.ts'
import { parseResult } from '../report/json/parser.ts'

/** Reads a result that the json report wrote. Throws UsageError with the reason if the file is not a result. */
export async function readResult(path: string, name: string): Promise<RunResult> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${name} cannot be read: ${fileErrorReason(error)}`)
  })
  return resultOf(text, name)
}

/** The result that the text of a file is. Throws UsageError with the reason if it is none. */
export function resultOf(text: string, name: string): RunResult {
  const read = parseResult(text)
  if ('result' in read) return read.result
  if (read.older)
    throw new UsageError(
      `${name} was written by an older version of bulkcheck. This version reads only results of format version 2: run or validate again, or use the older version`,
    )
  const shown = read.problems.slice(0, 5)
  const more = read.problems.length - shown.length
  const lines = [...shown, ...(more > 0 ? [`and ${more} more`] : [])]
  throw new UsageError(
    [`${name} is not a result that the json report wrote:`, ...lines.map((it) => `  ${it}`)].join('\n'),
  )
}
