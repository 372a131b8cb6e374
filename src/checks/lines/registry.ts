import { attachmentChecks } from './attachments.ts'
import type { LinesCheck } from '../check.ts'
import { blockChecks } from './blocks.ts'
import { deletedFileChecks } from './deleted-files.ts'
import { fileCountChecks } from './file-counts.ts'
import { ndjsonChecks } from './ndjson.ts'
import { referenceChecks } from './references.ts'
import { resourceChecks } from './resources.ts'
import { structureChecks } from './structure.ts'

/** All checks on lines of output files. Threads that judge files load no others. */
export const linesChecks: readonly LinesCheck<never, unknown>[] = [
  ...ndjsonChecks,
  ...fileCountChecks,
  ...resourceChecks,
  ...referenceChecks,
  ...structureChecks,
  ...attachmentChecks,
  ...deletedFileChecks,
  ...blockChecks,
]
